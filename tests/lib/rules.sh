# Images of given sizes, and what check finds of a program of them.
. "$(dirname "${BASH_SOURCE[0]}")/story.sh"

image() {
    "$MAKE_MACHO" image --out "$@"
}
# finding RULE: "LEVEL ACTUAL LIMIT MARGIN MESSAGE" of the last JSON report.
finding() {
    jq -r --arg rule "$1" '.programs[0].findings[] | select(.rule == $rule) |
        "\(.level) \(.actual) \(.limit) \(.margin) \(.message)"' .out
}
# says NAME RULE STATUS WANTED ARGUMENT...
says() {
    local name=$1 rule=$2 wanted_status=$3 wanted=$4
    shift 4
    run "$VAFIT" check --format json "$@"
    if [ "$status" != "$wanted_status" ]; then
        { echo "exit status $status, expected $wanted_status"; cat .err; } | fail "$name"
        return
    fi
    finding "$rule" >.found
    printf '%s\n' "$wanted" >.wanted
    expect_same "$name" .wanted .found
}

# segments START MIB: a segment table of __TEXT of MIB MiB and __LINKEDIT of 16 MiB at START.
segments() {
    printf -- '--segment __TEXT=%d+%d --segment __LINKEDIT=%d+%d' \
        "$1" $(($2 << 20)) $(($1 + ($2 << 20))) $((16 << 20))
}
# executable FILE MIB OPTION..., dylib FILE MIB OPTION...
executable() {
    # shellcheck disable=SC2046
    image "$1" --segment __PAGEZERO=0+0x100000000 $(segments $((4 << 30)) "$2") --rpath @loader_path "${@:3}"
}
dylib() {
    # shellcheck disable=SC2046
    image "$1" --type dylib --id "@rpath/$1" $(segments 0 "$2") "${@:3}"
}

# An executable and three dylibs of 1040 MiB each. No hole below the shared region holds one. dyld maps
# the first file at 12 GiB and the image after it; the next two files fill the hole that the first left,
# so that the images end at 12 GiB + 4 * 1040 MiB = 16448 MiB: 64 MiB, two slots of 32, past 16 GiB, though
# the sum is only 4 GiB + 6 GiB + 4 * 1040 MiB = 14400 MiB.
for name in lib1 lib2 lib3; do dylib $name.dylib 1024; done
executable two 1024 --load @rpath/lib1.dylib --load @rpath/lib2.dylib
executable three 1024 --load @rpath/lib1.dylib --load @rpath/lib2.dylib --load @rpath/lib3.dylib
sum3='__PAGEZERO 4.00 GiB + executable 1.02 GiB + shared region 6.00 GiB + 3 dylibs 3.05 GiB = 14.06 GiB'
