# LC_RPATHs of a part count for all parts of a merged image: where that would load another dylib, nothing is merged.
. "$(dirname "$0")/../lib/run_programs.sh"

# liba finds libz in one, libb finds its own in two, under the same name; both lie in "here".
mkdir -p here/one here/two
for name in z a b; do printf 'int %s(void) { return %d; }\n' $name ${#name} >$name.c; done
echo 'int y(void) { return 7; }' >y.c
echo 'int z(void); int a(void) { return z(); }' >a.c
echo 'int y(void); int b(void) { return y(); }' >b.c
echo 'int a(void), b(void); int main(void) { return a() + b(); }' >main.c
for name in z y a b main; do clang-19 --target=arm64-apple-macos13 -c $name.c -o $name.o; done
link arm64 -dylib -install_name @rpath/libz.dylib -o here/one/libz.dylib z.o
link arm64 -dylib -install_name @rpath/liby.dylib -o here/two/liby.dylib y.o
link arm64 -dylib -install_name @rpath/libz.dylib -o here/two/libz.dylib z.o
link arm64 -dylib -install_name @rpath/liba.dylib -rpath @loader_path/one -o here/liba.dylib a.o here/one/libz.dylib
link arm64 -dylib -install_name @rpath/libb.dylib -rpath @loader_path/two -o here/libb.dylib b.o here/two/liby.dylib
link arm64 -execute -rpath @loader_path/. -o here/main main.o here/libb.dylib here/liba.dylib
run run_program arm64 here/main
expect 'the program runs' 8
cp -r here was
run "$VAFIT" consolidate here/main --in-place -q
expect 'libb comes first, and with it its folder' 3 '' 'vafit: here/main: would not load here/one/libz.dylib any more'
expect_true 'nothing has changed' diff -r was here
run "$VAFIT" consolidate here/main --in-place --exclude libb.dylib -q
expect 'without it there is nothing to merge' 0
