# Which dylibs the text report calls missing as they may be, and why.
# Labels: quick
. "$(dirname "$0")/../lib/story.sh"

"$MAKE_MACHO" image --out main --type execute --load @rpath/libstrong.dylib --weak @rpath/libweak.dylib \
    --load @rpath/liballowed.dylib
# told: what the report says of them.
told() { sed -n -e 's/^  error: unresolved: \(@[^ ]*\).*/\1 error/p' -e '/^  not found, as it may be/p' .out; }
run "$VAFIT" check main --allow-missing '@rpath/liballowed*'
expect 'one that must be there' 3 - ''
expect_true 'each for its reason' test "$(told)" = '  not found, as it may be: @rpath/libweak.dylib (weak), asked for by main
  not found, as it may be: @rpath/liballowed.dylib (--allow-missing), asked for by main'

# What no path can hold is not looked for.
name=/$(printf 'x%.0s' $(seq 5000))
"$MAKE_MACHO" image --out long --type execute --load "$name"
run "$VAFIT" check long
expect 'a name longer than any path' 3 - ''
expect_true 'and why it was not found' grep -qF "$name, which was not found; tried nothing (the name is longer than any path)" .out
