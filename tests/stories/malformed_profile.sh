# Profiles of one's own that are no JSON, or whose numbers make no sense.
. "$(dirname "$0")/../lib/malformed.sh"

make_executable a --load /usr/lib/libSystem.B.dylib
head='"schema": "vafit.profile/1", "name": "mine", "based_on": "macos-26"'

# bad NAME ERROR TEXT: a profile of that text is refused.
bad() {
    printf '%s' "$3" >mine.json
    refused "$1" 3 "vafit: mine.json: $2" "$VAFIT" check a --profile mine.json
}

# bad_layout ERROR MEMBERS [FAMILY]: a profile that changes these members of a layout is refused.
bad_layout() {
    bad "${3:-arm64}: $2" "${3:-arm64}.$1" "{$head, \"${3:-arm64}\": {$2}}"
}

# --- text ---

printf '{%s}' "$head" >mine.json
run "$VAFIT" check a --profile mine.json
expect 'a profile that changes nothing' 0 - ''

bad 'no bytes' "line 1: not JSON: '[' or '{' expected near end of file" ''
bad 'a number' "line 1: not JSON: '[' or '{' expected near '5'" 5
bad 'a list' 'not a JSON object' '[]'
bad 'cut in the middle' "line 1: not JSON: '}' expected near end of file" "{$head"
bad 'cut in a string' "line 1: not JSON: premature end of input near '\"vafit.pro'" \
    '{"schema": "vafit.pro'
bad 'text behind the end' "line 2: not JSON: end of file expected near '{'" "{$head}$NEWLINE{}"
bad 'a member that comes twice' "line 1: not JSON: duplicate object key near '\"name\"'" \
    "{$head, \"name\": \"other\"}"
bad 'no UTF-8' "line 1: not JSON: unable to decode byte 0xff near '\"'" $'{"\xff": 1}'
bad 'a byte-order mark' $'line 1: not JSON: \'[\' or \'{\' expected near \'\xef\xbb\xbf\'' \
    $'\xef\xbb\xbf{}'
bad '100000 lists in each other' "line 1: not JSON: maximum parsing depth reached near '['" \
    "$(printf '%100000s' '' | tr ' ' '[')"
bad '100000 objects in each other' "line 1: not JSON: maximum parsing depth reached near '{'" \
    "$(printf '%100000s' '' | sed 's/ /{"a":/g')"

# --- members ---

for value in null 5 true '[]' '{}' '""' '"vafit.profile/2"' '"vafit.facts/1"'; do
    bad "schema is $value" 'schema: not "vafit.profile/1"' "{\"schema\": $value}"
done
bad 'schema is missing' 'schema: not "vafit.profile/1"' '{"name": "mine", "based_on": "macos-26"}'
for value in null 5 true '[]' '{}'; do
    bad "name is $value" 'name: not a string' \
        "{\"schema\": \"vafit.profile/1\", \"name\": $value, \"based_on\": \"macos-26\"}"
    bad "based_on is $value" 'based_on: not the name of a built-in profile' \
        "{\"schema\": \"vafit.profile/1\", \"name\": \"mine\", \"based_on\": $value}"
done
bad 'name is missing' 'name: not a string' \
    '{"schema": "vafit.profile/1", "based_on": "macos-26"}'
bad 'based_on is missing' 'based_on: not the name of a built-in profile' \
    '{"schema": "vafit.profile/1", "name": "mine"}'
bad 'based on what is not there' 'based_on: not the name of a built-in profile' \
    '{"schema": "vafit.profile/1", "name": "mine", "based_on": "macos-99"}'
for family in arm64 x86_64; do
    for value in null 5 true '"x"' '[]'; do
        bad "$family is $value" "$family: not an object" "{$head, \"$family\": $value}"
    done
done
bad 'an unknown family' 'arm46: no member of a profile' "{$head, \"arm46\": {}}"
bad 'an unknown member' 'limit: no member of a profile' "{$head, \"limit\": \"16GiB\"}"

# --- the numbers of a layout ---

number='neither a whole number of bytes nor a size such as "16GiB"'
for member in page_size image_base address_end slide_most slide_step loader_size stack_end stack_size; do
    for value in null true -1 1.5 '[]' '{}' '""' '"-1"' '"1.5"' '"16 GiB"' '"16GB"' '"0x10"' \
        '"99999999999999999999"'; do
        bad_layout "$member: $number" "\"$member\": $value"
    done
    bad "arm64: $member that is too large" \
        "line 1: not JSON: too big integer near '9223372036854775808'" \
        "{$head, \"arm64\": {\"$member\": 9223372036854775808}}"
done
bad_layout "stack_size: $number" '"stack_size": -1' x86_64
bad_layout 'limit: no member of a layout' '"limit": 1'
bad_layout 'Page_size: no member of a layout' '"Page_size": 16384'

bad_layout 'page_size: not a power of two' '"page_size": 0'
bad_layout 'page_size: not a power of two' '"page_size": 16383'
bad_layout 'page_size: not a power of two' '"page_size": 9223372036854775807'
bad_layout 'address_end: not between image_base and 2 to the 56th' '"address_end": 0'
bad_layout 'address_end: not between image_base and 2 to the 56th' '"address_end": "4GiB"'
bad_layout 'address_end: not between image_base and 2 to the 56th' \
    '"address_end": 72057594037927937'
bad_layout 'address_end: not between image_base and 2 to the 56th' \
    '"image_base": 9223372036854775807'
bad_layout 'slide_step: not between slide_most / 4096 and slide_most' '"slide_step": 0'
bad_layout 'slide_step: not between slide_most / 4096 and slide_most' '"slide_step": 1'
bad_layout 'slide_step: not between slide_most / 4096 and slide_most' \
    '"slide_most": 9223372036854775807'
bad_layout 'slide_most: reaches past address_end' '"slide_most": "256TiB", "slide_step": "1TiB"'
bad_layout 'stack_end: not between stack_size and address_end' '"stack_end": 0'
bad_layout 'stack_end: not between stack_size and address_end' '"stack_end": "256TiB"'
bad_layout 'stack_end: not between stack_size and address_end' '"stack_size": 9223372036854775807'
bad_layout 'loader_size: reaches past address_end' '"loader_size": 9223372036854775807'

# --- ranges ---

for value in null 5 '"x"' true '{}' '[]' '[1]' '[1, 2, 3]'; do
    bad_layout 'shared_region: not a pair of addresses, [start, end]' "\"shared_region\": $value"
    case $value in
    '[]' | '[1]' | '[1, 2, 3]') ;;
    *) bad_layout 'reserved: not a list of at most 4 pairs of addresses' "\"reserved\": $value" ;;
    esac
    bad_layout 'reserved: not a pair of addresses, [start, end]' "\"reserved\": [[0, 1], $value]"
done
for value in '[-1, 2]' '[0, -1]' '[0, 1.5]' '["x", 1]' '[null, 1]' '[[], 1]'; do
    bad_layout "shared_region: $number" "\"shared_region\": $value"
    bad_layout "reserved: $number" "\"reserved\": [$value]"
done
for value in '[2, 1]' '["12GiB", "6GiB"]' '[0, 9223372036854775807]'; do
    bad_layout 'shared_region: not a range below address_end' "\"shared_region\": $value"
    bad_layout 'reserved: not ranges below address_end' "\"reserved\": [$value]"
done
bad_layout 'reserved: not a list of at most 4 pairs of addresses' \
    '"reserved": [[0, 1], [0, 1], [0, 1], [0, 1], [0, 1]]'

# --- the malloc window ---

for value in 5 '"x"' true '[]'; do
    bad_layout 'window: neither an object nor null' "\"window\": $value"
done
for member in start size stride slots; do
    for value in null -1 '"x"'; do
        bad_layout "window.$member: $number" "\"window\": {\"$member\": $value}"
    done
done
bad_layout 'window.stat: no member of a window' '"window": {"stat": 1}'
wants='window: wants a start past image_base, and size, stride and slots above 0'
bad_layout "$wants" '"window": {"start": "16GiB", "size": 0, "stride": "32MiB", "slots": 736}'
bad_layout "$wants" '"window": {"start": "16GiB", "size": "24GiB", "stride": 0, "slots": 736}'
bad_layout "$wants" '"window": {"start": "1GiB", "size": "24GiB", "stride": "32MiB", "slots": 736}'
# A window that lacks its slots would be none, and with it would go the rule: null says that plainly.
bad_layout "$wants" '"window": {}'
bad_layout "$wants" '"window": {"start": "20GiB"}'
bad_layout "$wants" '"window": {"slots": 736}'
bad_layout "$wants" '"window": {"start": "16GiB", "size": "24GiB", "stride": "32MiB", "slots": 0}'
bad_layout 'window.slots: more than 1000000' \
    '"window": {"start": "16GiB", "size": "24GiB", "stride": "32MiB", "slots": 1000001}'
bad_layout 'window: ends past 2 to the 64th' \
    '"window": {"start": "16GiB", "size": "24GiB", "stride": 9223372036854775807, "slots": 3}'
bad_layout 'window: ends past 2 to the 64th' \
    '"window": {"start": "16GiB", "size": 9223372036854775807, "stride": 9223372036854775807, "slots": 1}'

# --- files ---

refused 'a profile that is not there' 4 'vafit: none.json: cannot open: No such file or directory' \
    "$VAFIT" check a --profile none.json
refused 'a name that is no profile' 2 "vafit: there is no profile 'none'
vafit: see \`vafit help check\`" "$VAFIT" check a --profile none
refused 'an empty name' 2 "vafit: there is no profile ''
vafit: see \`vafit help check\`" "$VAFIT" check a --profile ''
mkdir folder
mkfifo fifo
refused 'a folder' 4 'vafit: ./folder: cannot open: not a regular file' \
    "$VAFIT" check a --profile ./folder
refused 'a FIFO' 4 'vafit: ./fifo: cannot open: not a regular file' \
    "$VAFIT" check a --profile ./fifo
truncate -s 16777217 large.json
refused 'a profile of more than 16 MiB' 4 \
    'vafit: large.json: cannot read: it is larger than 16777216 bytes' \
    "$VAFIT" check a --profile large.json
truncate -s 16777216 large.json
refused 'a profile of 16 MiB of nothing' 3 \
    "vafit: large.json: line 1: not JSON: '[' or '{' expected near end of file" \
    "$VAFIT" check a --profile large.json
