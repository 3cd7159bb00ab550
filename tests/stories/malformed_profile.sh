# Profiles of one's own that are no JSON, lack members, or are no files.
. "$(dirname "$0")/../lib/malformed_profile.sh"

printf '{%s}' "$head" >mine.json
run "$VAFIT" check a --profile mine.json
expect 'a profile that changes nothing' 0 - ''

bad 'no bytes' "line 1: not JSON: '[' or '{' expected near end of file" ''
bad 'a number' "line 1: not JSON: '[' or '{' expected near '5'" 5
bad 'a list' 'not a JSON object' '[]'
bad 'cut in the middle' "line 1: not JSON: '}' expected near end of file" "{$head"
bad 'cut in a string' "line 1: not JSON: premature end of input near '\"vafit.pro'" \
    '{"schema": "vafit.pro'
bad 'text after the end' "line 2: not JSON: end of file expected near '{'" "{$head}$NEWLINE{}"
bad 'a member that comes twice' "line 1: not JSON: duplicate object key near '\"name\"'" \
    "{$head, \"name\": \"other\"}"
bad 'no UTF-8' "line 1: not JSON: unable to decode byte 0xff near '\"'" $'{"\xff": 1}'
bad 'a byte-order mark' $'line 1: not JSON: \'[\' or \'{\' expected near \'\xef\xbb\xbf\'' \
    $'\xef\xbb\xbf{}'
bad '100000 lists in each other' "line 1: not JSON: maximum parsing depth reached near '['" \
    "$(printf '%100000s' '' | tr ' ' '[')"
bad '100000 objects in each other' "line 1: not JSON: maximum parsing depth reached near '{'" \
    "$(printf '%100000s' '' | sed 's/ /{"a":/g')"

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
