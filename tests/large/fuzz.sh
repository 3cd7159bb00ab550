# Every parser under libFuzzer, for a minute each, two at a time.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"

root=$TESTS/..
seconds=${VAFIT_FUZZ_SECONDS:-60}
if ! (cd "$root" && cmake --preset fuzz && cmake --build --preset fuzz) >built 2>&1; then
    tail -30 built | fail 'the fuzz targets build'
    exit
fi
pass 'the fuzz targets build'

# fixup_seeds IMAGE STYLE NAME: of its chained fixups or of each kind of its opcodes.
fixup_seeds() {
    local kind
    if [ "$2" = -fixup_chains ]; then
        python3 "$TESTS/lib/fuzz_seed.py" "$1" 0 "seeds/chained_fixups/$3"
    else
        for kind in 0 1 2 3; do python3 "$TESTS/lib/fuzz_seed.py" "$1" $kind "seeds/dyld_info/$3$kind"; done
    fi
}

# What the fuzzers start from: real images, and what vafit itself writes.
mkdir -p seeds/image seeds/image_names seeds/shrink seeds/code_signature seeds/facts seeds/profile seeds/baseline seeds/string_pool \
    seeds/exports_trie seeds/code_marks seeds/chained_fixups seeds/dyld_info
# part FILE NAME: the bytes of a part of __LINKEDIT.
part() {
    "$VAFIT" scan "$1" | jq -r --arg name "$2" \
        '.images[0].slices[0].linkedit_parts[] | select(.name == $name) | "\(.file_offset) \(.size)"' |
        while read -r offset size; do tail -c +$((offset + 1)) "$1" | head -c "$size"; done
}
for arch in arm64 x86_64; do
    for style in -fixup_chains -no_fixup_chains; do
        small_program $arch program $style
        for image in program/*; do
            name=$(basename "$image")$arch$style
            cp "$image" "seeds/image/$name"
            cp "$image" "seeds/image_names/$name"
            for level in 0 1 2 3 4; do
                { printf "\\00$level"; cat "$image"; } >"seeds/shrink/$name$level"
            done
            "$VAFIT" scan "$image" -o "seeds/facts/$name"
            part "$image" 'exports trie' >"seeds/exports_trie/$name"
            { printf '\000\200'; part "$image" 'function starts'; } >"seeds/code_marks/$name"
            fixup_seeds "$image" "$style" "$name"
        done
        offset=$(llvm-otool-19 -l program/main | awk '$2 == "LC_CODE_SIGNATURE" { f = 1 } f && $1 == "dataoff" { print $2 }')
        [ -n "$offset" ] && tail -c +$((offset + 1)) program/main >"seeds/code_signature/$arch$style"
        "$VAFIT" check program/main --baseline "seeds/baseline/$arch$style" --update-baseline >/dev/null
    done
done
echo '{"schema": "vafit.profile/1", "name": "mine", "based_on": "macos-26", "arm64": {"page_size": "16KiB", "window": {"start": "16GiB", "size": "24GiB", "stride": "32MiB", "slots": 736}, "reserved": [["63GiB", "448GiB"]]}}' \
    >seeds/profile/mine
printf '\001\200\000\020\000\000\010\000\004\000\010\020\000\000\002\000\001\000' >seeds/code_marks/data
# A re-export, a stub with its resolver, a name that begins another.
printf '\000\002a\000\010b\000\021\004\010\001x\000\001c\000\026\003\020\040\060\000\002\004\005\000' \
    >seeds/exports_trie/kinds
# A signature with a second CodeDirectory, entitlements and requirements.
clang-19 --target=arm64-apple-macos12 -c -x c - -o signed.o <<<'int f(void) { return 0; }'
ld64.lld-19 -arch arm64 -platform_version macos 12 12 -dylib signed.o -install_name @rpath/f -adhoc_codesign -o signed
python3 "$TESTS/lib/sign.py" signed hashes=1,2 identifier=f '<plist/>'
part signed 'code signature' >seeds/code_signature/alternates
printf '\003\001\000\004\000\001\000\000_main\000_in\000_main\000' >seeds/string_pool/few

# finding NAME: what a fuzzer found, and the input by which it can be found again.
finding() {
    grep -aE 'ERROR|SUMMARY|^ *#[0-9]+ 0x' "$1.log" | head -30
    tail -5 "$1.log"
    for input in "$1"-*; do
        echo "$input:" && head -c 3000 "$input" | base64 -w 0 && echo
    done
}

# fuzz NAME: one target.
fuzz() {
    mkdir -p "corpus/$1"
    if "$root/build-fuzz/tests/fuzz/fuzz_$1" "corpus/$1" "seeds/$1" -max_total_time="$seconds" \
        -max_len=40000 -rss_limit_mb=3000 -timeout=20 -artifact_prefix="$1-" >"$1.log" 2>&1; then
        pass "$1: $(sed -n 's/^Done \([0-9]*\) runs.*/\1/p' "$1.log") runs without a finding"
    else
        finding "$1" | fail "$1"
    fi
}
export -f fuzz finding pass fail
export root seconds STORY
printf '%s\n' image image_names shrink code_signature string_pool exports_trie code_marks chained_fixups dyld_info facts profile baseline |
    xargs -P 2 -I{} bash -c 'fuzz {}'
