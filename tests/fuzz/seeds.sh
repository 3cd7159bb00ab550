# Makes what the fuzz targets start from: real images, what vafit writes of them, and a few by hand.
#
#     tests/fuzz/seeds.sh FOLDER    FOLDER/TARGET/... anew, by the vafit beside FOLDER
folder=$(realpath -m "$1")
VAFIT=$(dirname "$folder")/vafit
export VAFIT MAKE_MACHO=- POKE=- CACHE=- BUILD=-
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"

for target in "$TESTS"/fuzz/fuzz_*.c; do
    target=${target##*/fuzz_}
    mkdir -p "seeds/${target%.c}"
done

# fixup_seeds IMAGE STYLE NAME: of its chained fixups or of each kind of its opcodes.
fixup_seeds() {
    local kind
    if [ "$2" = -fixup_chains ]; then
        python3 "$TESTS/lib/fuzz_seed.py" "$1" 0 "seeds/chained_fixups/$3"
    else
        for kind in 0 1 2 3; do python3 "$TESTS/lib/fuzz_seed.py" "$1" $kind "seeds/dyld_info/$3$kind"; done
    fi
}

# part FILE NAME: the bytes of a part of __LINKEDIT.
part() {
    "$VAFIT" scan "$1" | jq -r --arg name "$2" \
        '.images[0].slices[0].linkedit_parts[] | select(.name == $name) | "\(.file_offset) \(.size)"' |
        while read -r offset size; do tail -c +$((offset + 1)) "$1" | head -c "$size"; done
}
# section FILE NAME: the bytes of a section.
section() {
    llvm-otool-19 -l "$1" | awk -v name="$2" '
        $1 == "sectname" { found = $2 == name } found && $1 == "size" { size = $2 }
        found && $1 == "offset" { print $2, size; exit }' |
        while read -r offset size; do tail -c +$((offset + 1)) "$1" | head -c $((size)); done
}
# merge_seed NAME: of the small program.
merge_seed() {
    local image
    for image in main libbase.dylib libleft.dylib libright.dylib; do
        python3 -c 'import struct, sys; sys.stdout.buffer.write(struct.pack("<I", int(sys.argv[1])))' \
            "$(stat -c %s program/$image)" && cat program/$image
    done >"seeds/merge/$1"
}
# Opcodes that stay; a dylib that is re-exported, and a symbol.
MINIMUM=11.0
small_program x86_64 program -no_fixup_chains 2>/dev/null || exit
merge_seed old
MINIMUM=13.0
small_program x86_64 program || exit
python3 - program/libleft.dylib <<'END_OF_SCRIPT'
import sys
image = open(sys.argv[1], "rb").read()
at = image.index(b"@rpath/libbase.dylib") - 24
open(sys.argv[1], "wb").write(image[:at] + b"\x1f\0\0\x80" + image[at + 4:])
END_OF_SCRIPT
python3 "$TESTS/lib/reexported_symbol.py" program/libright.dylib _right_value 2
merge_seed reexport
for arch in arm64 x86_64; do
    throwing_program $arch throwing || exit
    for image in throwing/*; do
        name=$(basename "$image")$arch
        section "$image" __unwind_info >"seeds/unwind_info/$name"
        { printf '\001'; section "$image" __eh_frame; } >"seeds/eh_frame/$name"
    done
    for style in -fixup_chains -no_fixup_chains; do
        small_program $arch program $style || exit
        for image in program/*; do
            name=$(basename "$image")$arch$style
            cp "$image" "seeds/image/$name"
            cp "$image" "seeds/image_names/$name"
            for level in 0 1 2 3 4 5; do
                { printf "\\00$level"; cat "$image"; } >"seeds/shrink/$name$level"
            done
            "$VAFIT" scan "$image" -o "seeds/facts/$name"
            part "$image" 'exports trie' >"seeds/exports_trie/$name"
            { printf '\000\200'; part "$image" 'function starts'; } >"seeds/code_marks/$name"
            fixup_seeds "$image" "$style" "$name"
        done
        # Pages of arm64 make it four times as long.
        [ $arch = x86_64 ] && merge_seed "$arch$style"
        offset=$(llvm-otool-19 -l program/main | awk '$2 == "LC_CODE_SIGNATURE" { f = 1 } f && $1 == "dataoff" { print $2 }')
        [ -n "$offset" ] && tail -c +$((offset + 1)) program/main >"seeds/code_signature/$arch$style"
        "$VAFIT" check program/main --baseline "seeds/baseline/$arch$style" --update-baseline >/dev/null
    done
done
echo '{"schema": "vafit.profile/1", "name": "mine", "based_on": "macos-26", "arm64": {"page_size": "16KiB", "window": {"start": "16GiB", "size": "24GiB", "stride": "32MiB", "slots": 736}, "reserved": [["63GiB", "448GiB"]]}}' \
    >seeds/profile/mine
for form in ips text old-text ios-text vmmap ruby message; do
    for case in malloc-low missing page regions; do
        python3 "$TESTS/lib/crash_report.py" $form $case >"seeds/explain/$form-$case"
    done
done
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
# Regular pages: two functions, of which the first has a personality and an LSDA.
printf '\001\0\0\0\034\0\0\0\0\0\0\0\034\0\0\0\001\0\0\0\040\0\0\0\002\0\0\0\0\100\0\0\0\020\0\0\100\0\0\0\070\0\0\0\0\040\0\0\0\0\0\0\100\0\0\0\0\020\0\0\0\060\0\0\002\0\0\0\010\0\002\0\0\020\0\0\0\0\0\122\020\020\0\0\0\0\0\002' \
    >seeds/unwind_info/regular
for format in XML BINARY; do
    python3 -c 'import plistlib, sys
plistlib.dump({"CFBundleExecutable": "a & b \u2665", "files": {"x": b"y" * 20, "z": {"hash": b"h" * 20, "hash2": b"i" * 32, "optional": True}},
               "files2": {"n": {"cdhash": b"c" * 20, "requirement": "cdhash H\"" + 40 * "0" + "\""}}, "rules": {"^": {"weight": 1.5}}},
              open(sys.argv[1], "wb"), fmt=getattr(plistlib, "FMT_" + sys.argv[2]))' seeds/plist/$format $format
done
rm -rf "$folder"
cp -r seeds "$folder"
