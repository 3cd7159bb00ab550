# Rewriting in a sealed bundle that is killed before any of the calls that change names: --undo leaves every byte as it
# was, and the next run ends it, seals and all.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"
. "$TESTS/lib/bundle.sh"
. "$TESTS/lib/align_killed.sh"
app arm64 was || fail 'building' <<<'the linker failed'
llvm-strip-19 -x "was/Thing.app/Contents/Frameworks/The Kit.framework/Versions/A/The Kit" 2>/dev/null
python3 "$TESTS/lib/seal.py" was/Thing.app
start
"$VAFIT" align --in-place -q case && cp -a case aligned
run python3 "$TESTS/lib/seal_check.py" aligned/Thing.app
expect 'what is to become of it is sealed' 0 sealed
align_killed
