# Damages of universal files: verify looks at every slice, also at those that vafit only carries along.
. "$(dirname "$0")/../lib/victim.sh"

x86_64_damages
arm64_damages
shrunk 'x86_64 lossless' classic/victim classic/lossless lossless

llvm-lipo-19 -create chained/victim classic/victim -output both
shrunk universal both both.locals locals
take chained/locals both
arm=$(od -An -tu4 --endian=big -j16 -N4 both.locals | tr -d ' ')
intel=$(od -An -tu4 --endian=big -j36 -N4 both.locals | tr -d ' ')
[ "$(od -An -tu4 --endian=big -j8 -N4 both.locals | tr -d ' ')" = $((0x0100000c)) ] ||
    { swap=$arm; arm=$intel; intel=$swap; }
good=both.locals original=both code_limit=0
cp both.locals copy
poke_all copy @$((intel + 4096 - 1)):1=77
found_in_copy 'universal: a byte of the x86_64 slice'
cp both.locals copy
poke_all copy @$((arm + 16384 - 1)):1=77
found_in_copy 'universal: a byte of the arm64 slice'
cp chained/locals copy
judged 'universal: a slice gone' 1 'universal header: 1 slices, were 2'
llvm-lipo-19 -create chained/locals classic/lossless -output copy
run "$VAFIT" verify copy --against both
expect 'universal: slices of two levels, each of which is one' 0 'copy: well formed, and means the same'

# A slice of an architecture that vafit only carries along: the x86_64 one, called i386.
first=8
[ "$(od -An -tu4 --endian=big -j8 -N4 both | tr -d ' ')" = $((0x01000007)) ] || first=28
cp both mixed
"$POKE" mixed @$first:4b 7
shrunk 'universal, with a slice that is carried along' mixed mixed.locals locals
cp mixed.locals copy
other=$(od -An -tu4 --endian=big -j$((first + 8)) -N4 mixed.locals | tr -d ' ')
poke_all copy @$((other + 4096 - 1)):1=77
original=mixed
found_in_copy 'universal: a byte of a slice that is carried along'
