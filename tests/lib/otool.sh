# What llvm-otool-19 says of an image, next to what vafit says.

# otool_facts FILE ARCH: a line a segment, dylib, LC_RPATH and install name, from llvm-otool-19 -l. (It
# shows the first slice of a universal file whatever -arch says, so that the slice is taken out first.)
otool_facts() {
    rm -f .thin
    llvm-lipo-19 -thin "$2" "$1" -output .thin 2>/dev/null || ln -s "$(realpath "$1")" .thin
    llvm-otool-19 -l .thin | awk '
        # A path may hold spaces: it ends before " (offset N)".
        function text(line) { sub(/^ *[a-z]+ /, "", line); sub(/ \(offset [0-9]+\)$/, "", line); return line }
        $1 == "cmd" { command = $2; section = 0 }
        $1 == "Section" { section = 1 }
        section { next }
        $1 == "segname" { name = $2 }
        $1 == "vmaddr" { address = $2 }
        $1 == "vmsize" { size = $2 }
        $1 == "fileoff" { offset = $2 }
        $1 == "filesize" { print "segment", name, address, size, offset, $2 }
        $1 == "name" && command == "LC_ID_DYLIB" { print "id", text($0) }
        $1 == "name" && command ~ /^LC_(LOAD|REEXPORT|LAZY).*DYLIB$/ { print command, text($0) }
        $1 == "path" && command == "LC_RPATH" { print "rpath", text($0) }' |
        while read -r kind rest; do
            # shellcheck disable=SC2086
            if [ "$kind" = segment ]; then
                set -- $rest
                echo "segment $1 $(($2)) $(($3)) $4 $5"
            else
                echo "$kind $rest"
            fi
        done | sort
}

# vafit_facts FILE ARCH: the same from vafit scan.
vafit_facts() {
    "$VAFIT" scan "$1" | jq -r --arg arch "$2" '.images[0].slices[] | select(.arch == $arch) |
        (.segments[] | "segment \(.name) \(.address) \(.vm_size) \(.file_offset) \(.file_size)"),
        (if .install_name then "id \(.install_name)" else empty end),
        (.dylibs[] | "\(.command) \(.name)"), (.rpaths[] | "rpath \(.)")' | sort
}

# vm_of_otool FILE ARCH PAGE: highest end less lowest start of all segments but __PAGEZERO, rounded up.
vm_of_otool() {
    otool_facts "$1" "$2" | awk -v page="$3" '
        $1 == "segment" && $2 != "__PAGEZERO" {
            if (!any++ || $3 < low) low = $3
            if ($3 + $4 > high) high = $3 + $4
        }
        END { size = high - low; printf "%d\n", int((size + page - 1) / page) * page }'
}

# same_as_otool NAME FILE ARCH: segments, dylibs, LC_RPATHs, install name and size are the same.
same_as_otool() {
    local page=16384
    case $3 in x86_64*) page=4096 ;; esac
    { otool_facts "$2" "$3"; echo "va $(vm_of_otool "$2" "$3" $page)"; } >.theirs
    {
        vafit_facts "$2" "$3"
        echo "va $("$VAFIT" scan "$2" | jq --arg arch "$3" '.images[0].slices[] | select(.arch == $arch) | .va')"
    } >.mine
    expect_true "$1: llvm-otool-19 reads segments at all" grep -q '^segment __TEXT' .theirs
    expect_same "$1: segments, dylibs and sizes equal llvm-otool-19's" .theirs .mine
}
