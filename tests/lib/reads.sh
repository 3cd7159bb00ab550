# What check says at 80 columns.
. "$(dirname "${BASH_SOURCE[0]}")/rules.sh"

# reads NAME STATUS ARGUMENT...: what the report begins with, before it comes to images and bytes, is standard input.
reads() {
    COLUMNS=80 run "$VAFIT" check "${@:3}"
    sed -E '/^  (linked again|dropping|rewriting|under|[0-9.]+ .iB of images)/,$d' <.out >.beginning
    expect_true "$1: exit status $2" test "$status" = "$2"
    expect_same "$1" - .beginning
}
