# A program that is too large by as much as a story wants, and what fix says of it.
. "$(dirname "${BASH_SOURCE[0]}")/story.sh"
. "$TESTS/lib/programs.sh"
. "$TESTS/lib/heavy.sh"
. "$TESTS/lib/space.sh"

heavy_program arm64 built || { fail 'building' <<<'the linker failed'; exit; }
images=(main libone.dylib libthree.dylib libtwo.dylib)
declare -A at
for image in "${images[@]}"; do
    at[$image]=$(space built/$image)
    for level in lossless debug-map locals symbols; do
        "$VAFIT" shrink built/$image --level $level -o small --unstripped none -q
        at[$image.$level]=$(space small)
    done
done
# __PAGEZERO, the images, the shared region.
sum=$((4 * 1024 * 1024 * 1024 + at[main] + at[libone.dylib] + at[libtwo.dylib] + at[libthree.dylib] + 6 * 1024 * 1024 * 1024))
run_program arm64 built/main >before
echo "exit status $?" >>before

# fresh: the program as it was built, in the folder out.
fresh() {
    rm -rf out && cp -rp built out
}
# line LEVEL IMAGE: what is said of an image that is rewritten.
line() {
    local before=${at[$2]} after=${at[$2.$1]}
    echo "  $1: out/$2: $(human $after), was $(human $before); frees $((before - after)) bytes"
}
# apart BYTES OTHER: in GiB, with the least decimals that tell it from the other.
apart() {
    python3 -c '
import decimal, sys
a, b = (decimal.Decimal(int(x)) / 2**30 for x in sys.argv[1:])
text = lambda x, n: str(x.quantize(decimal.Decimal(1).scaleb(-n), decimal.ROUND_HALF_UP))
n = 2
while n < 9 and text(a, n) == text(b, n): n += 1
print(text(a, n), "GiB")' "$@"
}
# exceeds BYTES: what is said of a program whose sum is so many bytes past the limit.
exceeds() {
    local dylibs=$((at[libone.dylib] + at[libtwo.dylib] + at[libthree.dylib]))
    echo "  error: image-sum: __PAGEZERO 4.00 GiB + executable $(human ${at[main]}) + shared region 6.00 GiB + 3 dylibs $(human $dylibs) = $(apart $sum $((sum - $1))), $(human $1) past the limit of $(apart $((sum - $1)) $sum)"
}
ends='its images end at 4.09 GiB'
# runs_the_same NAME FOLDER
runs_the_same() {
    run_program arm64 "$2/main" >after
    echo "exit status $?" >>after
    expect_same "$1: runs the same" before after
}
untouched() {
    expect_true "$1: nothing was written" diff -r built out
}
