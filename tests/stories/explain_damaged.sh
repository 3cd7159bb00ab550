# explain: a report that was pasted, quoted, wrapped or cut means what the whole one does.
. "$(dirname "$0")/../lib/story.sh"

report() {
    python3 "$TESTS/lib/crash_report.py" "$@"
}
damage() {
    python3 "$TESTS/lib/damage_report.py" "$@"
}
# What does not change what the lines say changes nothing at all.
for form in ips text both old-text ios-text vmmap ruby message; do
    for case in malloc missing page; do
        report $form $case >whole
        "$VAFIT" explain - --format json <whole >wanted
        for kind in quoted quoted-twice indented fenced crlf blank-lines html slashes quotes-of-words mark; do
            damage $kind <whole >damaged
            cmp -s whole damaged || "$VAFIT" explain - --format json <damaged >found
            diff wanted found >/dev/null || echo "$kind"
        done >differ
        expect_same "$form of $case, pasted" /dev/null differ
    done
done
# Lines that were broken lose paths, but no addresses where those are whole, and no words.
for form in ips text both old-text; do
    for case in malloc malloc-low missing symbol alignment page taskgated constraint null-cache; do
        report $form $case >whole
        "$VAFIT" explain - --format json <whole | jq -c '.cause, .is_size, .layout' >wanted
        for width in 60 72 76 80 100; do
            for kind in wrapped quoted-and-wrapped; do
                damage $kind $width <whole | "$VAFIT" explain - --format json | jq -c '.cause, .is_size, .layout' >found
                diff wanted found >/dev/null || echo "$kind $width"
            done
        done >differ
        expect_same "$form of $case, with broken lines" /dev/null differ
    done
done

# Cut anywhere behind the words that decide, and for malloc-low behind all images but those of the cache.
cat >cut.py <<'END'
import json, subprocess, sys
vafit, lib, form, case, words = sys.argv[1:]
sys.path.insert(0, lib)
import crash_report
whole = crash_report.make(form, case).encode()
def cause(data):
    run = subprocess.run([vafit, "explain", "-", "--format", "json"], input=data, stdout=subprocess.PIPE)
    return (run.returncode, json.loads(run.stdout)["cause"] if run.returncode == 0 else None)
wanted, first = cause(whole), whole.index(words.encode()) + len(words)
first = whole.index(b"\n", first) + 1
places = sorted({first + i * (len(whole) - first) // 60 for i in range(61)} | set(range(first, min(first + 40, len(whole)))))
print("\n".join("%d of %d: %s" % (at, len(whole), cause(whole[:at])) for at in places if cause(whole[:at]) != wanted))
END
# form case words: behind the line of which every cut is tried.
while IFS='|' read -r form case words; do
    python3 cut.py "$VAFIT" "$TESTS/lib" $form $case "$words" | sed '/^$/d' >differ
    expect_same "$form of $case, cut" /dev/null differ
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
# Within the images nothing is said of those that are cut off.
report ips malloc-low >whole
damage cut $(($(grep -abo '"name": "lib4.dylib"' whole | cut -d: -f1) + 30)) <whole >cut
run "$VAFIT" explain cut --format json
expect_true 'cut within the images' test "$(jq -c '[.cause, .is_size, .layout.complete, (.images | length)]' .out)" = '["malloc-window",null,false,5]'
# Without what comes first: the header, and the body's first lines.
report ips malloc >whole
at=$(grep -abo '"exception"' whole | cut -d: -f1)
damage without-start "$at" <whole >cut
run "$VAFIT" explain cut --format json
expect_true 'without its beginning' test "$(jq -c '[.cause, .is_size, .layout.top, .layout.slots_hit]' .out)" = '["malloc-window",true,17674797056,15]'
