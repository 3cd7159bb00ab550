# Which dylibs the text report calls missing as they may be, and why.
. "$(dirname "$0")/../lib/story.sh"

"$SYNTH" image --out main --type execute --load @rpath/libstrong.dylib --weak @rpath/libweak.dylib \
    --load @rpath/liballowed.dylib
# told: what the report says of them.
told() { sed -n -e 's/^  error: unresolved: \(@[^ ]*\).*/\1 error/p' -e '/^  not found, as it may be/p' .out; }
run "$VAFIT" check main --allow-missing '@rpath/liballowed*'
expect 'one that must be there' 3 - ''
expect_true 'each for its reason' test "$(told)" = '  not found, as it may be: @rpath/libweak.dylib (weak), asked for by main
  not found, as it may be: @rpath/liballowed.dylib (--allow-missing), asked for by main'
