# check names the switches of the linker that would have avoided bytes; links with them avoid as many.
# Labels: quick
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"

seq 400 | sed 's/.*/static __attribute__((noinline)) int local_&(int v) { return v * & + 1; }\nint global_&(int v) { return local_&(v) + 3 * local_&(v + 1); }/' >many.c
# lld writes a stab for each function of an object file with debug information.
clang-19 --target=arm64-apple-macos13 -O1 -g -c many.c -o many.o || { fail 'compiling' <<<'clang failed'; exit; }
# linked SWITCH...: libmany.dylib, made with it.
linked() { link arm64 -dylib -install_name @rpath/libmany.dylib "$@" -o libmany.dylib many.o; }
# tables: bytes of the symbol table and the string pool. starts: of function starts.
tables() { llvm-otool-19 -l libmany.dylib | awk '$1 == "nsyms" { n = $2 } $1 == "strsize" { s = $2 } END { print 16 * n + s }'; }
starts() { llvm-otool-19 -l libmany.dylib | awk '$2 == "LC_FUNCTION_STARTS" { found = 1 } found && $1 == "datasize" { print $2; exit }'; }
# bytes SWITCH: what the report says of it.
bytes() { jq --arg name "$1" '.programs[0].switches[] | select(.switch == $name) | .bytes' report.json; }

linked
"$VAFIT" check libmany.dylib --format json --advice always >report.json
"$VAFIT" check libmany.dylib --advice always >report.txt
before=$(tables)
function_starts=$(starts)
twice=$(python3 "$TESTS/lib/lossless.py" libmany.dylib | cut -d' ' -f2)

linked -S
map=$((before - $(tables)))
expect_true "-S: $map bytes" test "$map" -gt 20000 -a $(($(bytes -Wl,-S) - map)) -lt 16 -a $((map - $(bytes -Wl,-S))) -lt 16
# -x drops the stabs of local functions too, which are counted with the debug map.
linked -S -x
both=$((before - $(tables))) said=$(($(bytes -Wl,-S) + $(bytes -Wl,-x)))
expect_true "-S and -x: $both bytes" test "$both" -gt $((map + 5000)) -a $((said - both)) -lt 16 -a $((both - said)) -lt 16
linked -no_function_starts
expect_true 'there are none with -no_function_starts' test -z "$(starts)" -o "$(starts)" = 0
expect_true "and were: $function_starts bytes" test "$(bytes -Wl,-no_function_starts)" = "$function_starts" -a "$function_starts" -gt 400
expect_true "names written twice: $twice bytes" test "$(bytes "lld 22 or Apple's ld in place of lld 19")" = "$twice" -a "$twice" -gt 5000
expect_true 'what is not there is not avoided' test "$(bytes -Wl,-no_data_in_code_info)" = 0

. "$TESTS/lib/space.sh"
expect_true 'the text says the same' grep -qxF \
    "  $(printf %11s "$(human "$(bytes -Wl,-S)")")  the debug map, with -Wl,-S; then dsymutil finds no object files" report.txt
expect_true 'and names no switch for nothing' sh -c '! grep -q no_data_in_code_info report.txt'
linked
run "$VAFIT" check libmany.dylib
expect_true 'a program that fits is told none' sh -c '! grep -q "a new link" .out'
