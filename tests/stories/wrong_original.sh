# Files held against an original that is not theirs.
. "$(dirname "$0")/../lib/victim.sh"

x86_64_damages
arm64_damages

cp classic/locals copy
original=classic/libhelper.dylib
found_in_copy 'held against another library of the architecture'
cp chained/libhelper.dylib copy
original=chained/libmany.dylib
found_in_copy 'held against another library of the same size and kind'
cp chained/locals copy
original=classic/victim
found_in_copy 'held against a program of another architecture'
run "$VAFIT" verify copy --against nowhere
expect 'held against nothing' 4 '' 'vafit: nowhere: cannot open: No such file or directory'
run "$VAFIT" verify copy --against victim.c
expect_true 'held against what is no image' test "$status" = 3
