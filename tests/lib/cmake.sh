# The rules for CMake with the installed vafit, and copies of examples/cmake.
. "$(dirname "${BASH_SOURCE[0]}")/story.sh"
. "$TESTS/lib/programs.sh"

# With this ld64.lld-19 writes no times into the debug map: without it no two builds are equal.
export ZERO_AR_DATE=1

cmake --install "$BUILD" --prefix installed >.install 2>&1 || { fail 'installs' <.install; exit; }
mv installed 'moved to'
PREFIX="$WORK/moved to"
VAFIT=$PREFIX/bin/vafit

# configure FOLDER GENERATOR ARCH [OPTION...]: the project in FOLDER, to be built in FOLDER/out.
configure() {
    cmake -S "$1" -B "$1/out" -G "$2" --toolchain "$WORK/$1/darwin.cmake" -DDARWIN_ARCH="$3" -Dvafit_ROOT="$PREFIX" "${@:4}"
}
# build FOLDER: keeps what it printed, one line after the other, in .out.
build() {
    run cmake --build "$1/out"
}
# steps: what the last build did, sorted. Make names every target that is there, too.
steps() {
    sed -n 's/^\[[^]]*\] \(\(Building\|Linking\|vafit\|Counting\).*\)$/\1/p' .out | sort
}
# did NAME STEP...
did() {
    steps >.did
    printf '%s\n' "${@:2}" | sort >.wanted
    [ $# -gt 1 ] || : >.wanted
    expect_same "$1" .wanted .did
}
# ran ARCH PROGRAM
ran() {
    run_program "$@" 2>&1
    echo "exit status $?"
}
project() {
    rm -rf "$1"
    cp -r "$TESTS/../examples/cmake" "$1"
}

all=('Building CXX object CMakeFiles/shape.dir/src/shape.cpp.o' 'Building CXX object CMakeFiles/shapes.dir/src/main.cpp.o'
    'Building CXX object CMakeFiles/text.dir/src/text.cpp.o' 'Linking CXX shared library bin/libshape.dylib'
    'Linking CXX shared library bin/libtext.dylib' 'Linking CXX executable bin/shapes')
relinked=('Building CXX object CMakeFiles/text.dir/src/text.cpp.o' 'Linking CXX shared library bin/libtext.dylib')
