# One file under several names: fix replaces it under all names that the programs use and undo brings all of
# them back; shrink in place, which knows one name, says that there are more.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"

{
    for i in $(seq 1500); do
        echo "__attribute__((used, noinline)) static int a_local_function_with_a_long_name_$i(int x) { return x + $i; }"
    done
    echo 'int f_a(int x) { static int n; return n += x; }'
} >a.c
echo 'int f_a(int); int f_b(int x) { return f_a(x); }' >b.c
echo 'int f_a(int); int f_b(int); int main(void) { f_a(3); return f_b(4); }' >main.c
for name in a b main; do clang-19 --target=arm64-apple-macos13 -O1 -c $name.c -o $name.o; done
mkdir out
link arm64 -dylib -install_name @rpath/liba.dylib -o out/liba.dylib a.o
link arm64 -dylib -install_name @loader_path/libalias.dylib -o other.dylib a.o
link arm64 -dylib -install_name @rpath/libb.dylib -o out/libb.dylib b.o other.dylib
link arm64 -execute -rpath @executable_path -o out/main main.o out/liba.dylib out/libb.dylib ||
    { fail 'building' <<<'the linker failed'; exit; }
ln out/liba.dylib out/libalias.dylib
ln out/liba.dylib elsewhere
cp -a out built

# one NAME SAME: whether the two names are one file, and it is that of a program that runs.
one() {
    expect_true "$1: both names are one file" test "$(stat -c %i out/liba.dylib)" = "$(stat -c %i out/libalias.dylib)"
    run_program arm64 out/main
    expect_true "$1: the program runs" test $? = 7
    "$VAFIT" check out/main --format json --exit-zero >report.json
    expect_true "$1: it is counted once" test "$(jq '.programs[0].image_count' report.json)" = 3
}
one 'before'
limit=$(($(jq '.programs[0].va.sum' report.json) - 65536))
options=(--limit $limit --rule malloc-window=off --headroom 0)
run "$VAFIT" fix out/main --in-place -q "${options[@]}"
expect 'fixed' 0 '' ''
one 'fixed'
expect_true 'fixed: it is another file than before' sh -c '! cmp -s out/liba.dylib built/liba.dylib'
expect_true 'fixed: a name that no program uses keeps the old one' cmp elsewhere built/liba.dylib
run "$VAFIT" fix out/main --undo -q
expect 'undone' 0 '' ''
one 'undone'
expect_true 'undone: every byte is back' diff -r built out

run "$VAFIT" shrink out/liba.dylib --in-place
expect 'shrink' 4 '' \
    'vafit: out/liba.dylib: has 3 names (hard links), and would get its new file under one; write that elsewhere, or make each name a file of its own'
expect_true 'shrink: nothing is changed' diff -r built out
run "$VAFIT" shrink out/liba.dylib -o small -q
expect 'shrink: elsewhere it may' 0 '' ''
# The original that vafit puts aside is no such name.
cp out/libb.dylib alone && ln alone alone.unstripped
run "$VAFIT" shrink alone --in-place -q
expect 'shrink: the original beside it does not count' 0 '' ''
