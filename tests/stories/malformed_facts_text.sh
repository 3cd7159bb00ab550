# Facts files that are no JSON.
. "$(dirname "$0")/../lib/malformed_facts.sh"

run "$VAFIT" check a --facts facts.json
expect 'the facts as they are' 0 - ''

bad 'no bytes' "line 1: not JSON: '[' or '{' expected near end of file" ''
bad 'a space' "line 1: not JSON: '[' or '{' expected near end of file" ' '
bad 'a number' "line 1: not JSON: '[' or '{' expected near '5'" 5
bad 'a word' "line 1: not JSON: '[' or '{' expected near 'facts'" facts
bad 'a list' 'schema: not "vafit.facts/1"' '[]'
bad 'an empty object' 'schema: not "vafit.facts/1"' '{}'
bad 'text after the end' "line 10: not JSON: end of file expected near 'x'" "${facts}x"
bad 'a member that comes twice' "line 1: not JSON: duplicate object key near '\"schema\"'" \
    '{"schema": "vafit.facts/1", "schema": "vafit.facts/1"}'
bad_fact 'a number too large for 64 bits' \
    "line 1: not JSON: too big integer near '99999999999999999999'" 65536 99999999999999999999
bad_fact 'a number too large for any' "line 1: not JSON: real number overflow near '1e999999'" 65536 \
    1e999999
bad 'no UTF-8' "line 1: not JSON: unable to decode byte 0xff near '\"'" $'{"\xff": 1}'
bad 'a surrogate in UTF-8' "line 1: not JSON: unable to decode byte 0xed near '\"'" \
    $'{"\xed\xa0\x80": 1}'
bad 'half a pair of surrogates' \
    "line 1: not JSON: invalid Unicode '\\uD800' near '\"\\ud800\"'" '["\ud800"]'
bad 'an escaped NUL' \
    "line 1: not JSON: \\u0000 is not allowed without JSON_ALLOW_NUL near '\"a\\u0000\"'" '["a\u0000"]'
printf '{"schema": "vafit.\0facts/1"}' >facts.json
refused 'a NUL' 3 \
    "vafit: facts.json: line 1: not JSON: control character 0x0 near '\"vafit.'" \
    "$VAFIT" check a --facts facts.json
bad '100000 lists in each other' "line 1: not JSON: maximum parsing depth reached near '['" \
    "$(printf '%100000s' '' | tr ' ' '[')"
bad '100000 objects in each other' "line 1: not JSON: maximum parsing depth reached near '{'" \
    "$(printf '%100000s' '' | sed 's/ /{"a":/g')"
make_executable facts.json --load /usr/lib/libSystem.B.dylib
refused 'a Mach-O file' 3 "vafit: facts.json: line 1: not JSON: unable to decode byte 0xcf" \
    "$VAFIT" check a --facts facts.json

# Every cut is noticed, and told in one line.
for ((length = 1; length < ${#facts}; length += 13)); do
    printf '%s' "${facts:0:length}" >facts.json
    run "$VAFIT" check a --facts facts.json
    [ "$status" = 3 ] && [ ! -s "$WORK/.out" ] && [ "$(wc -l <"$WORK/.err")" = 1 ] &&
        grep -q '^vafit: facts.json: line [0-9]*: not JSON: ' "$WORK/.err" ||
        printf '%s bytes: status %s: %s\n' "$length" "$status" "$(<"$WORK/.err")" >>../wrong
done
if [ -e ../wrong ]; then fail 'cut after every 13th byte' <../wrong; else pass 'cut after every 13th byte'; fi
