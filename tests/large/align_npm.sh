# Real files after llvm-strip-19 and llvm-install-name-tool-19: aligned, they pass under macos-27, have the same symbols,
# and differ in nothing but load commands, moved parts and the signature.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/npm.sh"

# misaligned FILE: another reader's count of parts at no multiple of 8 (the indirect table of 4, the signature of 16).
misaligned() {
    llvm-otool-19 -l "$1" | awk '
        function part(offset, size, by) { if (size != 0 && offset % by != 0) count++ }
        { if ($1 == "cmd") command = $2 }
        $1 == "symoff" { symoff = $2 } $1 == "nsyms" { part(symoff, $2, 8) }
        $1 == "stroff" { stroff = $2 } $1 == "strsize" { part(stroff, $2, 8) }
        $1 == "indirectsymoff" { indirect = $2 } $1 == "nindirectsyms" { part(indirect, $2, 4) }
        $1 ~ /_off$/ { offset = $2 } $1 ~ /_size$/ { part(offset, $2, 8) }
        $1 == "dataoff" { dataoff = $2 } $1 == "datasize" { part(dataoff, $2, command == "LC_CODE_SIGNATURE" ? 16 : 8) }
        END { print count + 0 }'
}
# changed FILE NEW: says where they differ outside __LINKEDIT and the load commands.
changed() {
    python3 - "$1" "$2" <<'END'
import struct, sys
old, new = (open(path, "rb").read() for path in sys.argv[1:])
head = 32 + struct.unpack_from("<I", old, 20)[0]
at, linkedit = 32, len(old)
for _ in range(struct.unpack_from("<I", old, 16)[0]):
    if struct.unpack_from("<I", old, at)[0] == 0x19 and old[at + 8:at + 18] == b"__LINKEDIT":
        linkedit = struct.unpack_from("<Q", old, at + 40)[0]
    at += struct.unpack_from("<I", old, at + 4)[0]
if old[head:linkedit] != new[head:linkedit]:
    print("contents differ")
END
}
# aligned NAME FILE: what is made of a file that a tool has left.
aligned() {
    local before
    before=$(misaligned "$2")
    {
        cp "$2" old
        "$VAFIT" align --in-place -q --identity : "$2" || echo 'not aligned'
        [ "$(misaligned "$2")" = 0 ] || echo 'still misaligned by another reader'
        [ "$before" != 0 ] || cmp old "$2" || echo 'was aligned, and has changed'
        "$VAFIT" align --check -q "$2" || echo 'misaligned by its own check'
        "$VAFIT" verify -q "$2" --against old --level align || echo 'not proven'
        diff <(llvm-nm-19 -ap old 2>&1) <(llvm-nm-19 -ap "$2" 2>&1) >/dev/null || echo 'other symbols'
        changed old "$2"
        "$VAFIT" check "$2" --profile macos-27 --rule linkedit-alignment=error --allow-missing '*' --format json |
            jq -e 'all(.programs[].findings[]; .rule != "linkedit-alignment" or .level == "pass")' >/dev/null ||
            echo 'check under macos-27 finds it misaligned'
    } >wrong 2>&1
    if [ -s wrong ]; then fail "$1" <wrong; else pass "$1: $before misaligned parts are aligned"; fi
    [ "$before" = 0 ] || cured=$((cured + 1))
    rm -f "$2.unstripped"
}

cured=0
for package in @node-llama-cpp/mac-arm64-metal@3.21.1 @img/sharp-libvips-darwin-arm64@1.3.4 \
    @img/sharp-libvips-darwin-x64@1.3.4 @esbuild/darwin-arm64@0.28.2 @swc/core-darwin-arm64@1.16.18; do
    folder=$(npm_package $package) || { skip "$package" 'the package cannot be fetched'; continue; }
    while read -r image; do
        name=$(basename "$image")
        cp "$image" "$name" && chmod u+w "$name"
        if llvm-strip-19 -x "$name" 2>/dev/null; then
            aligned "$name, llvm-strip -x" "$name"
        else
            skip "$name, llvm-strip -x" 'llvm-strip-19 refuses this file'
        fi
        cp "$image" "$name" && chmod u+w "$name"
        if llvm-install-name-tool-19 -add_rpath @loader_path/.. "$name" 2>/dev/null; then
            aligned "$name, llvm-install-name-tool" "$name"
        fi
        rm -f "$name"
    done < <(find "$folder" -type f | sort | while read -r file; do
        [ "$(od -An -N4 -tx1 "$file" | tr -d ' ')" = cffaedfe ] && echo "$file"
    done)
done
expect_true "some were not aligned ($cured)" test $cured -ge 3
