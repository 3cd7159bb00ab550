# A copy of examples/gn as one who has copied it would have it, and what gn and ninja do with it.
. "$(dirname "${BASH_SOURCE[0]}")/story.sh"
. "$TESTS/lib/programs.sh"

for tool in gn ninja python3; do
    command -v $tool >/dev/null && continue
    skip 'GN' "there is no $tool"
    exit
done

# example FOLDER: a copy of the example, with vafit where DEPS would put it.
example() {
    mkdir -p "$1"
    cp -r "$TESTS/../examples/gn/." "$1"
    mkdir "$1/third_party"
    ln -s "$(cd "$TESTS/.." && pwd)" "$1/third_party/vafit"
}
# generate ARGUMENT...: the folder out, by these lines of args.gn.
generate() {
    { echo "vafit_path = \"$VAFIT\"" && printf '%s\n' "$@"; } >out/args.gn
    gn -q gen out >.gn_says 2>&1 || fail "gn gen: $*" <.gn_says
}
# build [TARGET...]: what the steps print is in .out, the steps, without their numbers and in order, in .steps.
build() {
    run ninja -C out "$@"
    sed -n 's/^\[[0-9/]*\] //p' .out | sort >.steps
    grep -v -e '^\[[0-9/]*\] ' -e '^ninja: ' -e '^FAILED: ' -e '^python3 ' .out >.said
    mv .said .out
}
# steps NAME STEP...: the last build succeeded, said nothing, and ran these steps, no others, but for stamps: newer GN
# makes none.
steps() {
    local name=$1
    shift
    expect "$name: succeeds" 0 '' ''
    printf '%s\n' "$@" | sed '/^$/d' | sort >.wanted
    sed -i '/^touch .*\.stamp$/d' .steps
    expect_same "$name: runs what it has to" .wanted .steps
}
# runs FOLDER [X64]: what the programs of both processors print, that of x64 in FOLDER/mac_x64 or in X64.
runs() {
    run_program arm64 "$1/app"
    run_program x86_64 "${2:-$1/mac_x64}/app"
}
# body TEXT: appends to words.cc, whose exports stay what they are.
body() {
    echo "__attribute__((used)) static $1" >>words/words.cc
}
ARM64='ACTION //app:app__check(//build/toolchain:mac_arm64)'
X64='ACTION //app:app__check(//build/toolchain:mac_x64)'
WORDS=('CXX obj/words/libwords/words.o' 'CXX mac_x64/obj/words/libwords/words.o'
    'SOLINK ./libwords.dylib' 'SOLINK mac_x64/libwords.dylib')

example first
cd first || exit
WORK_FOLDER=$WORK
WORK=$PWD # where run and expect keep their files
mkdir out

# target GN...: a build with these targets in app/BUILD.gn.
cp app/BUILD.gn plain
target() {
    { cat plain && printf '%s\n' "$@"; } >app/BUILD.gn
    generate
}
# Of 528 KiB of images, 400 may stay.
limit='vafit_limit = "10486160KiB"'
# built_once: what the programs print is in the file expected.
built_once() {
    generate
    build
    runs out >expected
}
