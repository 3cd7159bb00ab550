# Small images, and the order in which a program loads them.
. "$(dirname "${BASH_SOURCE[0]}")/story.sh"

# image FILE OPTION...: a small image that loads what is given.
image() {
    local file=$1
    shift
    mkdir -p "$(dirname "$file")"
    "$MAKE_MACHO" image --out "$file" --text 16384 --symbols 8 "$@"
}
dylib() {
    image "$1" --type dylib --id "$2" "${@:3}"
}
# paths COMMAND...: the images of the first program of a JSON report, in order.
paths() {
    run "$VAFIT" check --format json "$@"
    jq -r '.programs[0].images[].path' .out >.paths
    tr '\n' ' ' <.paths >.list
}
# order NAME PATHS ARGUMENT...: the images loaded, in dyld's order.
order() {
    local name=$1 wanted=$2
    shift 2
    paths "$@"
    expect_true "$name" test "$(cat .list)" = "$wanted "
}
