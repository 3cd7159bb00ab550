# An image at a level: proven, readable, aligned, made twice, and no larger.

# linkedit FILE: the bytes of __LINKEDIT and of the signature in it.
linkedit() {
    llvm-otool-19 -l "$1" | awk '
        $1 == "cmd" { command = $2 }
        $1 == "segname" { name = $2 }
        $1 == "filesize" && name == "__LINKEDIT" { size = $2 }
        $1 == "datasize" && command == "LC_CODE_SIGNATURE" { signature = $2 }
        END { print size, signature + 0 }'
}
# misaligned_parts FILE: how many parts are misaligned: 8, the indirect table 4, the signature 16.
misaligned_parts() {
    "$VAFIT" scan "$1" | jq '[.images[0].slices[].linkedit_parts[] |
        select(.file_offset % (if .name == "code signature" then 16 elif .name == "indirect symbol table" then 4 else 8 end) != 0)] | length'
}
read_by_llvm() {
    # llvm-nm says "no symbols" of a file without any, which is no failure.
    llvm-nm-19 -ap "$1" >/dev/null 2>&1 && llvm-readobj-19 --all "$1" >/dev/null &&
        llvm-objdump-19 --macho --chained-fixups --dyld-info --exports-trie --bind --rebase \
            --weak-bind --indirect-symbols --function-starts=both "$1" >/dev/null
}

# at_level NAME FILE LEVEL. What a rewriting is compared with is the same each time, and is proven with the first.
at_level() {
    local old_size new_size
    {
        "$VAFIT" shrink "$2" --level "$3" --identity : -o new --unstripped none -q || echo 'not shrunk'
        "$VAFIT" verify new --against "$2" -q || echo 'not proven'
        "$VAFIT" shrink "$2" --level "$3" --identity : -o second --unstripped none -q --no-verify
        cmp new second || echo 'not the same the second time'
        "$VAFIT" shrink new --level "$3" -o second --unstripped none -q --no-verify
        cmp new second || echo 'shrinking again changes it'
        [ "$(misaligned_parts new)" = 0 ] || echo 'a part is not aligned'
        read_by_llvm new || echo 'LLVM cannot read it'
        # 24 bytes are allowed for alignment that the original lacks.
        [ "$2" -ef measured ] || { ln -sf "$(realpath "$2")" measured && linkedit "$2" >measured.size; }
        read -r old_size _ <measured.size
        read -r new_size _ < <(linkedit new)
        [ "$new_size" -le $((old_size + 24)) ] || echo "$new_size bytes, larger than $old_size before"
    } >wrong 2>&1
    if [ -s wrong ]; then fail "$1, $3" <wrong; else pass "$1, $3: proven, aligned, readable, no larger"; fi
}
