# A program that is shrunk in the folder `case`, and what must hold when that is cut short.
. "$(dirname "${BASH_SOURCE[0]}")/story.sh"
. "$TESTS/lib/programs.sh"

export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}exitcode=99
export UBSAN_OPTIONS=${UBSAN_OPTIONS:+$UBSAN_OPTIONS:}exitcode=99
shopt -s dotglob nullglob
chmod 755 .
mkdir disk

# A signed program of more than 4 MiB, so that it is hashed and copied in several pieces, and another build
# of it. Symbols make up most of __LINKEDIT.
{
    echo 'char ballast[4 << 20] = {[0 ... (4 << 20) - 1] = 7};'
    for i in $(seq 2000); do
        echo "static int local_$i(void) { return $i; } int exported_$i(void) { return local_$i() + ballast[$i]; }"
    done
    echo 'int main(void) { return exported_1(); }'
} >program.c
build() {
    clang-19 --target=arm64-apple-macos13 -O0 -g "${@:2}" -c program.c -o program.o &&
        link arm64 -execute -o "$1" program.o && rm program.o
}
build original && build another -DUNUSED -O1 || fail 'building' <<<'the compiler or the linker failed'
expect_true 'two builds are not the same' test "$(cmp original another 2>&1 | wc -l)" = 1
"$VAFIT" shrink original --level locals --unstripped none -q -o wanted
run "$VAFIT" verify wanted --against original
expect 'what is wanted' 0 'wanted: well formed, and means the same'

# files FOLDER: what is in it, in one line.
files() {
    local all=("$1"/*)
    printf '%s\n' "${all[*]#"$1"/}"
}

# start: a folder `case` with the program in it; a case may ask for more.
start() {
    rm -rf case elsewhere
    mkdir case elsewhere
    rm -f disk/*
    cp original case/program
}
# untouched NAME ERROR FILES [STATUS]: the last run said ERROR, and all is as it was.
untouched() {
    expect "$1" "${4:-4}" '' "$2"
    expect_same "$1: the program is as before" case/program original
    expect_true "$1: nothing is left" test "$(files case)" = "$3"
}
