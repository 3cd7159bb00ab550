# align that is killed before any of the calls that change names: --undo leaves every byte as it was, and the next run
# ends it.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"

. "$TESTS/lib/align_killed.sh"
small_program x86_64 was || fail 'building' <<<'the linker failed'
llvm-strip-19 -x was/libleft.dylib
start
"$VAFIT" align --in-place -q case && cp -a case aligned
align_killed
