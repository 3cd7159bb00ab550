# fix --out-dir makes programs that start, whatever way their names take to the dylibs: symbolic folders,
# "..", LC_RPATHs through folders without images. What would not start is an error, and leaves nothing.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"

echo 'int f_a(int x) { return x + 1; }' >a.c
echo 'int f_a(int); int main(void) { return f_a(6); }' >main.c
compile_here() { clang-19 --target=arm64-apple-macos13 -O1 -c "$1.c" -o "$1.o"; }
compile_here a && compile_here main || { fail 'building' <<<'the compiler failed'; exit; }

# program RPATH NAME FILE: out/bin/main, whose LC_RPATH is RPATH, and a dylib in out/FILE that is loaded as NAME.
program() {
    rm -rf out copy moved && mkdir -p out/bin "$(dirname "out/$3")"
    link arm64 -dylib -install_name "$2" -o "out/$3" a.o &&
        link arm64 -execute -rpath "$1" -o out/bin/main main.o "out/$3"
}
# starts NAME: the program is copied, and the copy starts where the original is no more.
starts() {
    run "$VAFIT" fix out/bin/main --out-dir copy -q
    expect "$1: copied" 0 '' ''
    mv out moved
    local main
    main=$(find copy -name main -type f)
    run "$VAFIT" check "$main" -q
    expect "$1: the copy finds its dylib" 0 '' ''
    run_program arm64 "$main"
    expect_true "$1: and starts" test $? = 7
}
# fails NAME: it cannot be, and nothing is left.
fails() {
    run "$VAFIT" fix out/bin/main --out-dir copy -q
    expect_true "$1: an error" test "$status" = 3
    expect_true "$1: says that all is as it was" grep -qx 'vafit: the result does not pass; everything was put back' .err
    expect_true "$1: no file is left" test -z "$(find copy -type f -o -type l)"
}

program @executable_path/. @rpath/liba.dylib bin/liba.dylib
starts 'beside the program'
program @executable_path/../lib @rpath/liba.dylib lib/liba.dylib
starts 'after ".."'
program @loader_path/../plug/empty/../../lib @rpath/liba.dylib lib/liba.dylib
mkdir -p out/plug/empty
starts 'through a folder without images'
program @executable_path/../F @rpath/A.framework/Versions/Current/A F/A.framework/Versions/A/A
ln -s A out/F/A.framework/Versions/Current && ln -s Versions/Current/A out/F/A.framework/A
starts 'by Versions/Current'
program @executable_path/../F @rpath/A.framework/A F/A.framework/Versions/A/A
ln -s A out/F/A.framework/Versions/Current && ln -s Versions/Current/A out/F/A.framework/A
starts 'by the link of a framework, and one in it'
program @executable_path/../link/../lib @rpath/liba.dylib far/lib/liba.dylib
mkdir -p out/far/below && ln -s far/below out/link
starts 'by a symbolic folder, and ".." after it'
program @executable_path/../lib @rpath/liba.dylib real/liba.dylib
ln -s real out/lib
starts 'by an LC_RPATH that is a symbolic folder'
program @executable_path/../lib @rpath/liba.dylib lib/liba.1.dylib
ln -s liba.1.dylib out/lib/liba.dylib
starts 'by a symbolic link to the dylib'
program @executable_path/. @rpath/liba.dylib bin/libb.dylib
ln out/bin/libb.dylib out/bin/liba.dylib
starts 'by a hard link'
program @executable_path/../lib @rpath/liba.dylib lib/liba.dylib
mkdir outside && mv out/lib outside/lib && ln -s "$WORK/outside/lib" out/lib
starts 'by an absolute link out of the folder'
rm -rf outside
# It leads out of the folder to where no image is.
program @executable_path/. @rpath/liba.dylib bin/liba.dylib
link arm64 -execute -rpath @executable_path/away -rpath @executable_path/. -o out/bin/main main.o out/bin/liba.dylib
ln -s /usr out/bin/away
starts 'past a link that leads away'
# The link lies above the folder that holds all images, which is what is copied.
program @executable_path/../../above @rpath/liba.dylib bin/liba.dylib
ln -s out/bin above
fails 'by a link that is not copied'
rm above

# A link of the name leads elsewhere in the folder that is there already; a file of the name is somebody's.
program @executable_path/../lib @rpath/liba.dylib lib/liba.1.dylib
ln -s liba.1.dylib out/lib/liba.dylib
mkdir -p copy/lib && echo dear >copy/lib/liba.dylib
run "$VAFIT" fix out/bin/main --out-dir copy -q
expect 'a file where a link would be' 4 '' 'vafit: copy/lib/liba.dylib: cannot write: File exists'
expect_true 'it stays' grep -q dear copy/lib/liba.dylib
expect_true 'and nothing else is made' test "$(find copy -type f)" = copy/lib/liba.dylib
