# Baselines and response files that are not what they should be, and what goes with them on the command line.
. "$(dirname "$0")/../lib/malformed.sh"

make_executable a --load /usr/lib/libSystem.B.dylib
program='"executable": "a", "arch": "arm64", "profile": "macos-26"'
see='vafit: see `vafit help check`'

# --- baselines ---

# bad NAME ERROR TEXT: a baseline of that text is refused.
bad() {
    printf '%s' "$3" >baseline.json
    refused "$1" 3 "vafit: baseline.json: $2" \
        "$VAFIT" check a --baseline baseline.json --max-growth 1MiB
}

# bad_row ERROR ROW: a baseline with that row after a good one is refused.
bad_row() {
    bad "row $2" "programs[1]$1" "{\"schema\": \"vafit.baseline/1\", \"programs\": [
{\"executable\": \"other\", \"arch\": \"arm64\", \"profile\": \"macos-26\", \"sum\": 1}, $2]}"
}

bad 'no bytes' "line 1: not JSON: '[' or '{' expected near end of file" ''
bad 'a number' "line 1: not JSON: '[' or '{' expected near '5'" 5
bad 'a list' 'schema: not "vafit.baseline/1"' '[]'
bad 'an empty object' 'schema: not "vafit.baseline/1"' '{}'
for value in null 5 true '[]' '""' '"vafit.baseline/2"' '"vafit.check/1"'; do
    bad "schema is $value" 'schema: not "vafit.baseline/1"' "{\"schema\": $value, \"programs\": []}"
done
for value in null 5 true '"x"' '{}'; do
    bad "programs is $value" 'programs: not a list' \
        "{\"schema\": \"vafit.baseline/1\", \"programs\": $value}"
done
bad 'programs is missing' 'programs: not a list' '{"schema": "vafit.baseline/1"}'
bad 'cut in the middle' "line 1: not JSON: ']' expected near end of file" \
    '{"schema": "vafit.baseline/1", "programs": [{}'
bad 'marks of a merge' "line 2: not JSON: string or '}' expected near '<'" "{$NEWLINE<<<<<<< HEAD"
bad '100000 lists in each other' "line 1: not JSON: maximum parsing depth reached near '['" \
    "$(printf '%100000s' '' | tr ' ' '[')"

for value in null 5 '[]' '{}'; do
    bad_row '.executable: not a string' "$value"
done
for member in executable arch profile; do
    for value in null 5 '[]'; do
        bad_row ".$member: not a string" "{${program/"\"$member\": "/"\"$member\": $value, \"$member-\": "}, \"sum\": 1}"
    done
done
bad_row '.sum: not a whole number' "{$program}"
for value in null true -1 1.5 1e3 '"1GiB"' '[]'; do
    bad_row '.sum: not a whole number' "{$program, \"sum\": $value}"
done
bad 'a sum that is too large' "line 1: not JSON: too big integer near '9223372036854775808'" \
    "{\"schema\": \"vafit.baseline/1\", \"programs\": [{$program, \"sum\": 9223372036854775808}]}"
bad_row ': other (arm64, macos-26) comes twice' \
    '{"executable": "other", "arch": "arm64", "profile": "macos-26", "sum": 2}'

# A malformed baseline is not written over.
printf '{' >baseline.json
refused 'a malformed baseline that is to be updated' 3 \
    "vafit: baseline.json: line 1: not JSON: string or '}' expected near end of file" \
    "$VAFIT" check a --baseline baseline.json --update-baseline
expect_same 'it stays as it was' baseline.json <(printf '{')
rm baseline.json
refused 'a baseline that is not there' 4 \
    'vafit: baseline.json: cannot open: No such file or directory' \
    "$VAFIT" check a --baseline baseline.json
mkdir folder
mkfifo fifo
for file in folder fifo; do
    refused "a $file as the baseline" 4 "vafit: $file: cannot open: not a regular file" \
        "$VAFIT" check a --baseline $file
done
# A FIFO is written into: output_places.sh.
refused 'a folder as the baseline to be updated' 4 'vafit: folder: cannot open: not a regular file' \
    "$VAFIT" check a --baseline folder --update-baseline
refused '--max-growth without a baseline' 2 \
    "vafit: --max-growth and --update-baseline need --baseline$NEWLINE$see" \
    "$VAFIT" check a --max-growth 1MiB
refused '--update-baseline without a baseline' 2 \
    "vafit: --max-growth and --update-baseline need --baseline$NEWLINE$see" \
    "$VAFIT" check a --update-baseline

# --- response files ---

# response NAME STATUS ERROR TEXT: the arguments in a response file of that text, with printf's escapes.
response() {
    printf "$4" >args
    refused "$1" "$2" "$3" "$VAFIT" check @args
}

wants="vafit: check needs an executable$NEWLINE$see"
response 'an empty response file' 2 "$wants" ''
response 'a response file of white space' 2 "$wants" ' \n\t\r\n '
response 'an open double quote' 2 'vafit: a quote is left open in response file args' 'a "b c'
response 'an open single quote' 2 'vafit: a quote is left open in response file args' "a 'b c"
response 'a quote that is escaped, and so left open' 2 \
    'vafit: a quote is left open in response file args' 'a "b\\"'
response 'a backslash at the end' 4 'vafit: \: cannot open: No such file or directory' 'a \\'
response 'an unknown option' 2 "vafit: there is no option --bogus, or it takes no argument$NEWLINE$see" \
    'a --bogus'
response 'a response file that holds itself' 2 \
    "vafit: response files are nested too deeply at '@args'" 'a @args'
response 'a response file that holds one that is not there' 4 \
    'vafit: none: cannot open: No such file or directory; @none reads arguments from that file; write ./@none for a path' 'a @none'
response 'a response file that holds a folder' 4 'vafit: folder: cannot open: not a regular file' \
    'a @folder'
response 'a response file that holds a FIFO' 4 'vafit: fifo: cannot open: not a regular file' \
    'a @fifo'
response 'a NUL in a response file' 2 \
    'vafit: there is a NUL in response file args' 'a\0--limit\0001GiB'
response 'a NUL at the end of a response file' 2 'vafit: there is a NUL in response file args' 'a\0'
refused 'a response file that is not there' 4 'vafit: none: cannot open: No such file or directory; @none reads arguments from that file; write ./@none for a path' \
    "$VAFIT" check @none
refused 'a folder as the response file' 4 'vafit: folder: cannot open: not a regular file' \
    "$VAFIT" check @folder
refused 'a FIFO as the response file' 4 'vafit: fifo: cannot open: not a regular file' \
    "$VAFIT" check @fifo
truncate -s 67108865 args
refused 'a response file of more than 64 MiB' 4 \
    'vafit: args: cannot read: it is larger than 67108864 bytes' "$VAFIT" check @args

for i in {1..7}; do
    printf '@deep%s\n' $((i + 1)) >deep$i
done
printf 'a\n' >deep8
run "$VAFIT" check @deep1
expect 'response files 8 deep' 0 - ''
printf '@deep9\n' >deep8
printf 'a\n' >deep9
refused 'response files 9 deep' 2 "vafit: response files are nested too deeply at '@deep9'" \
    "$VAFIT" check @deep1

# Few bytes that would become ten million arguments.
for i in {1..7}; do
    printf "@wide$((i + 1))\n%.0s" {1..10} >wide$i
done
printf 'a\n' >wide8
run timeout 5 "$VAFIT" check @wide1
expect 'response files that hold each other ten times' 2 '' -
