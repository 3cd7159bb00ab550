# explain: a report that was pasted, quoted, wrapped or cut means what the whole one does.
. "$(dirname "$0")/../lib/story.sh"
export PYTHONDONTWRITEBYTECODE=1

# holds NAME KIND FORM CASE [WORDS]: see tests/lib/explained.py.
holds() {
    python3 "$TESTS/lib/explained.py" "$2" "$VAFIT" "${@:3}" >differ 2>&1
    expect_same "$3 of $4, $1" /dev/null differ
}
# What does not change what the lines say changes nothing at all.
for form in ips text both old-text ios-text vmmap ruby; do holds pasted pasted $form page; done
for form in ips text ruby; do holds pasted pasted $form malloc; done
for form in ips text both message; do holds pasted pasted $form missing; done
# Lines that were broken lose paths, but no addresses where those are whole, and no words.
for case in malloc malloc-low missing symbol alignment page taskgated constraint null-cache; do
    holds 'with broken lines' wrapped ips $case
    holds 'with broken lines' wrapped text $case
done
holds 'with broken lines' wrapped old-text missing
# Cut anywhere behind the words that decide, and for malloc-low behind all images but those of the cache.
while IFS='|' read -r form case words; do
    holds "cut behind $words" cut $form $case "$words"
done <<'END'
ips|malloc|initial reservation failed
text|malloc|initial reservation failed
old-text|malloc|initial reservation failed
ips|malloc-low|"name": "libsystem_malloc.dylib"
text|malloc-low|libsystem_malloc.dylib (*)
ips|missing|Library not loaded: @rpath
text|missing|Library not loaded: @rpath
old-text|missing|Library not loaded: @rpath
both|missing|Library not loaded: @rpath
ips|null-cache|shared region failed
text|null-cache|shared region failed
ips|alignment|mis-aligned LINKEDIT
text|alignment|mis-aligned LINKEDIT
ips|symbol|Symbol not found
text|page|UNKNOWN_0x32
text|constraint|Launch Constraint
text|taskgated|Taskgated
END
# Within the images nothing is said of those that are cut off: the executable and five dylibs are left.
python3 "$TESTS/lib/crash_report.py" ips malloc-low >whole
head -c $(($(grep -abo '"name": "lib4.dylib"' whole | cut -d: -f1) + 30)) <whole >cut
run "$VAFIT" explain cut --format json
expect_true 'cut within the images' test "$(jq -c '[.cause, .is_size, .layout.complete, (.images | length)]' .out)" = '["malloc-window",null,false,6]'
# Within the name of the sixth: that image is not told.
head -c $(($(grep -abo '"name": "lib4.dylib"' whole | cut -d: -f1) + 12)) <whole >cut
run "$VAFIT" explain cut --format json
expect_true 'cut within a string' test "$(jq -c '(.images | length)' .out)" = 5
# Without what comes first: the header, and the body's first lines.
python3 "$TESTS/lib/crash_report.py" ips malloc >whole
tail -c +$(($(grep -abo '"exception"' whole | cut -d: -f1) + 1)) <whole >cut
run "$VAFIT" explain cut --format json
expect_true 'without its beginning' test "$(jq -c '[.cause, .is_size, .layout.top, .layout.slots_hit]' .out)" = '["malloc-window",true,17674797056,15]'
