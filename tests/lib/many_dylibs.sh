# Two programs of many dylibs, made by many_dylibs.py.
. "$(dirname "${BASH_SOURCE[0]}")/story.sh"
. "$TESTS/lib/programs.sh"

ulimit -c 0

# many_objects ARCH COUNT: compiles them into the folder ARCH-objects; every third part without frame pointers.
many_objects() {
    local i objects=$1-objects options=(-std=c++17 -nostdinc++ -O1 -g -fno-stack-protector)
    python3 "$TESTS/lib/many_dylibs.py" source "$2"
    mkdir -p "$objects"
    for i in $(seq 0 $(($2 - 1))) main other empty; do
        case $i in *[0369]) set -- "$1" "$2" -fomit-frame-pointer ;; *) set -- "$1" "$2" ;; esac
        echo "--target=$1-apple-macos13 ${*:3} ${options[*]} -c source/$i.cpp -o $objects/$i.o"
    done | xargs -P 4 -L 1 clang++-19 || return
    clang-19 --target="$1-apple-macos13" -c source/zero.c -o "$objects/zero.o"
}
# many_dylib ARCH FOLDER NAME OPTION...: one, which some have a symbolic link to.
many_dylib() {
    local file=$2/lib$3.dylib
    case $3 in *[27]) file=$2/lib$3.1.dylib && ln -s "lib$3.1.dylib" "$2/lib$3.dylib" ;; esac
    link "$1" -dylib -install_name "@executable_path/lib$3.dylib" -o "$file" "${@:4}"
}
# many_dylibs ARCH COUNT FOLDER STYLE: links them: main loads all, other loads all and wants half of them.
many_dylibs() {
    local i below all=() objects=$1-objects
    mkdir -p "$3"
    for i in $(seq 0 $(($2 - 1))); do
        # shellcheck disable=SC2046
        below=$(printf "$3/libpart%s.dylib " $(cat "source/$i.deps"))
        [ -s "source/$i.deps" ] && grep -q . "source/$i.deps" || below=
        # shellcheck disable=SC2086
        many_dylib "$1" "$3" "part$i" "$4" -U "_optional$i" "$objects/$i.o" $below || return
        all+=("$3/libpart$i.dylib")
    done
    for i in empty zero; do
        many_dylib "$1" "$3" $i "$4" "$objects/$i.o" && all+=("$3/lib$i.dylib")
    done
    for i in main other; do
        link "$1" "$4" -execute -o "$3/$i" "$objects/$i.o" "${all[@]}" || return
    done
}
# many_run ARCH FOLDER NAME: what they print, to NAME.main and NAME.other.
many_run() {
    local program
    for program in main other; do
        run_program "$1" "$2/$program" >"$3.$program" 2>&1
        echo "exit status $?" >>"$3.$program"
    done
}
# many_same NAME ARCH IMAGES [OPTION...]: both programs, in place, and back. Where images change places among those that
# know nothing of each other, the order of beginnings and ends is not that of before.
many_same() {
    local what
    run "$VAFIT" consolidate many/main many/other --in-place "${@:4}"
    expect "$1: is consolidated" 0 -
    expect_true "$1: $3 images are left" grep -qx "$((COUNT + 4)) images became $3" .out
    many_run "$2" many after
    for what in main other; do
        if [ $# = 3 ]; then
            expect_same "$1: $what prints the same" before.$what after.$what
        else
            expect_same "$1: $what prints the same" <(sort before.$what) <(sort after.$what)
        fi
    done
    find many -type f ! -name '*.unstripped' ! -name '*.json' >files
    # shellcheck disable=SC2046
    expect_true "$1: all files are well formed" "$VAFIT" verify -q $(cat files)
    run "$VAFIT" consolidate many/main many/other --undo -q
    expect "$1: is taken back" 0
    expect_true "$1: every byte is what it was" diff -r was many
}
