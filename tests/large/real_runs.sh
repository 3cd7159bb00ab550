# A self-check of abseil from the real build runs in the tests' loader and prints the same at every level. On
# x86-64 alone, where the host's libc++ can stand in for Apple's. (fix has nothing to cure there, so that exports
# of a closed world are not among the levels.)
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/real_build.sh"

folder=$(real_build x86_64 abseil 2>why) || { skip 'a real build' "the sources or headers cannot be had: $(tail -1 why)"; exit; }
[ "$(uname -m)" = x86_64 ] || { skip 'a self-check of abseil' 'the host is not x86-64'; exit; }
libcxx=$(real_base)/sdk.debs/x/usr/lib/llvm-19/lib
runs() {
    RUN_MACHO_LIBCXX=$libcxx/libc++.so.1 LD_LIBRARY_PATH=$libcxx \
        timeout 60 "$BUILD/tests/run_macho/run_macho" "$1" 2>&1 | head -c 100000
}
# What abseil's manual says of each call, for some of them.
runs "$folder/bin/selfcheck" >wanted
for line in 'cat 1 -2.5 ff' 'one|two||three' 'x b z' 'YWRkcmVzcyBzcGFjZQ==' equal -9223372036854775808 \
    '   42|beef|end' '2024-03-01' '59 308' done; do
    grep -qxF -e "$line" wanted || echo "there is no line '$line'"
done >missing
expect_same "the self-check runs: $(wc -l <wanted) lines" /dev/null missing

for level in lossless debug-map locals symbols; do
    mkdir $level
    # shellcheck disable=SC2046
    "$VAFIT" shrink $(find "$folder/bin" -type f) --level $level --out-dir $level --unstripped none -q 2>said
    runs $level/selfcheck >found
    expect_same "$level: it prints the same" wanted found
done
