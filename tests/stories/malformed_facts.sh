# Facts files that are no JSON, or not the facts that scan writes.
. "$(dirname "$0")/../lib/malformed.sh"

# A program of one image, with one of everything.
facts='{"schema": "vafit.facts/1", "images": [{"path": "a", "names": ["b"], "file_size": 65536,
"slices": [{"arch": "arm64", "type": "executable", "install_name": null, "uuid": null,
"offset": 0, "size": 65537, "va": 49152,
"segments": [{"name": "__PAGEZERO", "address": 0, "vm_size": 4294967296, "file_offset": 0, "file_size": 0},
{"name": "__TEXT", "address": 4294967296, "vm_size": 32768, "file_offset": 0, "file_size": 32768},
{"name": "__LINKEDIT", "address": 4295000064, "vm_size": 16384, "file_offset": 32768, "file_size": 16000}],
"dylibs": [{"name": "/usr/lib/libSystem.B.dylib", "command": "LC_LOAD_DYLIB", "weak": false, "reexport": false, "upward": false, "delayed": false}],
"rpaths": ["@loader_path"],
"linkedit_parts": [{"name": "exports trie", "file_offset": 32776, "size": 1000}],
"parts": {"fixups": 0, "exports": 1000, "symbols": 0, "strings": 0, "debug_map": 0, "local_symbols": 0, "signature": 0, "other": 15384}}]}]}'

# bad NAME ERROR TEXT: a facts file of that text is refused.
bad() {
    printf '%s' "$3" >facts.json
    refused "$1" 3 "vafit: facts.json: $2" "$VAFIT" check a --facts facts.json
}

# bad_fact NAME ERROR OLD NEW: the facts above with OLD replaced by NEW are refused.
bad_fact() {
    local text=${facts/"$3"/"$4"}
    if [ "$text" = "$facts" ]; then
        fail "$1" <<<"the facts do not hold $3"
    else
        bad "$1" "$2" "$text"
    fi
}

# bad_values KIND ERROR MEMBER VALUE: the member, whose value begins with VALUE, is missing or of
# another type.
bad_values() {
    local kind=$1 value
    bad_fact "${2%%:*} is missing" "$2" "\"$3\": $4" "\"$3_\": $4"
    for value in null true '"x"' 7 -1 1.5 '[]' '{}'; do
        case $kind:$value in
        string:'"x"' | number:7 | list:'[]' | object:'{}' | flag:true) ;;
        *) bad_fact "${2%%:*} is $value" "$2" "\"$3\": $4" "\"$3\": $value, \"$3_\": $4" ;;
        esac
    done
}

bad_number() {
    local error="$1: not a whole number of at most 2 to the 47th" value
    bad_values number "$error" "$2" "$3"
    for value in 140737488355329 9223372036854775807 0.0 1e3; do
        bad_fact "$1 is $value" "$error" "\"$2\": $3" "\"$2\": $value, \"$2_\": $3"
    done
}

# --- text ---

printf '%s' "$facts" >facts.json
run "$VAFIT" check a --facts facts.json
expect 'the facts as they are' 0 - ''

bad 'no bytes' "line 1: not JSON: '[' or '{' expected near end of file" ''
bad 'a space' "line 1: not JSON: '[' or '{' expected near end of file" ' '
bad 'a number' "line 1: not JSON: '[' or '{' expected near '5'" 5
bad 'a word' "line 1: not JSON: '[' or '{' expected near 'facts'" facts
bad 'a list' 'schema: not "vafit.facts/1"' '[]'
bad 'an empty object' 'schema: not "vafit.facts/1"' '{}'
bad 'text behind the end' "line 10: not JSON: end of file expected near 'x'" "${facts}x"
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

# --- members ---

bad_values string 'schema: not "vafit.facts/1"' schema '"vafit.facts/1"'
bad_fact 'the schema of a later version' 'schema: not "vafit.facts/1"' vafit.facts/1 vafit.facts/2
bad_fact 'the schema of another file' 'schema: not "vafit.facts/1"' vafit.facts/1 vafit.check/1
bad 'images is missing' 'images: not a list' '{"schema": "vafit.facts/1"}'
for value in null 5 '"x"' '{}' true; do
    bad "images is $value" 'images: not a list' "{\"schema\": \"vafit.facts/1\", \"images\": $value}"
    bad "images holds $value" 'images[0].path: not a string' \
        "{\"schema\": \"vafit.facts/1\", \"images\": [$value]}"
done
bad 'images holds a list' 'images[0].path: not a string' \
    '{"schema": "vafit.facts/1", "images": [[]]}'

image='images[0]'
bad_values string "$image.path: not a string" path '"a"'
bad_values list "$image.names: not a list" names '["b"]'
bad_fact 'a name is no string' "$image.names[0]: not a string" '["b"]' '[7]'
bad_fact 'the second name is no string' "$image.names[1]: not a string" '["b"]' '["b", null]'
bad_number "$image.file_size" file_size 65536
slice=${facts#*\"slices\": [}
slice=${slice%]\}]\}}
bad_fact 'a name that is the path' 'path: a comes twice among the facts' '["b"]' '["a"]'
bad_fact 'a name that is the path, spelled otherwise' 'path: ./x/../a comes twice among the facts' \
    '["b"]' '["./x/../a"]'
bad_fact 'two images of one path' 'path: a comes twice among the facts' '"images": [' \
    '"images": [{"path": "a", "names": [], "file_size": 0, "slices": ['"$slice]}, "

bad_fact 'the same image in two spellings' 'path: a/ comes twice among the facts' '"images": [' \
    '"images": [{"path": "./a", "names": ["a/"], "file_size": 0, "slices": ['"$slice]}, "
bad_fact 'an image without slices' "$image.slices: there are none" '"slices": [{' \
    '"slices": [], "slices_": [{'
bad_fact 'slices that are no list' "$image.slices: not a list" '"slices": [' '"slices": {}, "slices_": ['
for value in null 5 '"x"' '[]' '{}' true; do
    bad_fact "a slice is $value" "$image.slices[0].arch: not a string" '"slices": [{' \
        "\"slices\": [$value, {"
done
bad 'two slices of one architecture' "$image.slices[1].arch: arm64 comes twice" \
    "${facts/"$slice"/"$slice, $slice"}"

# --- slices ---

slice='images[0].slices[0]'
bad_values string "$slice.arch: not a string" arch '"arm64"'
for value in arm64_32 i386 ARM64 'arm64 ' ''; do
    bad_fact "the architecture is '$value'" "$slice.arch: not an architecture that vafit judges" \
        '"arch": "arm64"' "\"arch\": \"$value\""
done
bad_values string "$slice.type: not a string" type '"executable"'
for value in execute Executable object ''; do
    bad_fact "the type is '$value'" "$slice.type: neither executable, dylib nor bundle" \
        '"type": "executable"' "\"type\": \"$value\""
done
bad_fact 'a dylib without an install name' "$slice.install_name: not a string" \
    '"type": "executable"' '"type": "dylib"'
bad_number "$slice.offset" offset 0
bad_number "$slice.size" size 65537

bad_values list "$slice.segments: not a list" segments '[{"name": "__PAGEZERO"'
bad_values string "$slice.segments[0].name: not a string" name '"__PAGEZERO"'
bad_number "$slice.segments[0].address" address 0
bad_number "$slice.segments[0].vm_size" vm_size 4294967296
bad_number "$slice.segments[0].file_offset" file_offset 0
bad_number "$slice.segments[0].file_size" file_size 0
bad_number "$slice.segments[1].address" address 4294967296
bad_number "$slice.segments[2].vm_size" vm_size 16384
bad_fact 'a segment that ends past 47 bits' \
    "$slice.segments[1].vm_size: ends past the 47 bits of a process's addresses" \
    '"vm_size": 32768' '"vm_size": 140737488355328'
bad_fact 'a segment that begins past 47 bits' \
    "$slice.segments[1].vm_size: ends past the 47 bits of a process's addresses" \
    '"address": 4294967296' '"address": 140737488355328'
for value in null 5 '"x"' '[]' '{}'; do
    bad_fact "a segment is $value" "$slice.segments[0].name: not a string" '"segments": [' \
        "\"segments\": [$value, "
done

bad_fact 'a segment that is missing' "$slice.segments: there is no __TEXT segment" '"__TEXT"' \
    '"__TEXTT"'

bad_values list "$slice.dylibs: not a list" dylibs '[{"name": "/usr'
bad_values string "$slice.dylibs[0].name: not a string" name '"/usr/lib/libSystem.B.dylib"'
bad_values string "$slice.dylibs[0].command: not a string" command '"LC_LOAD_DYLIB"'
for value in LC_ID_DYLIB LC_SYMTAB LC_LOAD 0xc ''; do
    bad_fact "the command is '$value'" \
        "$slice.dylibs[0].command: not a command that loads a dylib" LC_LOAD_DYLIB "$value"
done
for member in weak reexport upward delayed; do
    bad_values flag "$slice.dylibs[0].$member: neither true nor false" $member false
done

bad_values list "$slice.rpaths: not a list" rpaths '["@loader_path"]'
bad_fact 'an LC_RPATH is no string' "$slice.rpaths[0]: not a string" '"@loader_path"' 5

bad_values list "$slice.linkedit_parts: not a list" linkedit_parts '[{"name": "exports trie"'
bad_values string "$slice.linkedit_parts[0].name: not a string" name '"exports trie"'
for value in exports 'exports trie ' ''; do
    bad_fact "the part is '$value'" \
        "$slice.linkedit_parts[0].name: not the name of a part of __LINKEDIT" \
        '"exports trie"' "\"$value\""
done
bad_number "$slice.linkedit_parts[0].file_offset" file_offset 32776
bad_number "$slice.linkedit_parts[0].size" size 1000
bad_fact 'a part larger than __LINKEDIT' \
    "$slice.linkedit_parts: are more than the vm_size of __LINKEDIT" '"size": 1000' '"size": 16385'
bad_fact 'parts that are too large only in sum' \
    "$slice.linkedit_parts: are more than the vm_size of __LINKEDIT" '"size": 1000}' \
    '"size": 1000}, {"name": "string pool", "file_offset": 0, "size": 15385}'
printf '%s' "${facts/'"size": 1000}'/'"size": 1000}, {"name": "string pool", "file_offset": 0, "size": 15384}'}" >facts.json
run "$VAFIT" check a --facts facts.json
expect 'parts that just fit' 0 - ''
bad_fact 'parts whose sizes overflow' \
    "$slice.linkedit_parts: are more than the vm_size of __LINKEDIT" '"size": 1000}' \
    '"size": 1000}, {"name": "string pool", "file_offset": 0, "size": 140737488355328}'

bad_values object "$slice.parts: not an object" parts '{"fixups"'
bad_number "$slice.parts.exports" exports 1000
for member in fixups symbols strings debug_map local_symbols signature other; do
    for value in null -1 140737488355329; do
        bad_fact "$slice.parts.$member is $value" \
            "$slice.parts.$member: not a whole number of at most 2 to the 47th" "\"$member\": " \
            "\"$member\": $value, \"${member}_\": "
    done
done
bad_fact 'parts of one byte too much' \
    "$slice.parts: do not add up to the vm_size of __LINKEDIT" '"other": 15384' '"other": 15385'
bad_fact 'parts of one byte too few' \
    "$slice.parts: do not add up to the vm_size of __LINKEDIT" '"other": 15384' '"other": 15383'

# --- files ---

printf '%s' "$facts" >facts.json
refused 'an executable that is not among the facts' 3 \
    'vafit: c: not among the images of the facts files' "$VAFIT" check c --facts facts.json
printf '{"schema": "vafit.facts/1", "images": []}' >more.json
refused 'no images at all' 3 'vafit: a: not among the images of the facts files' \
    "$VAFIT" check a --facts more.json
cp facts.json more.json
refused 'two files with the same image' 3 \
    'vafit: more.json: path: a comes twice among the facts' \
    "$VAFIT" check a --facts facts.json more.json
rm more.json
refused 'a facts file that is not there' 4 \
    'vafit: more.json: cannot open: No such file or directory' \
    "$VAFIT" check a --facts facts.json more.json
mkdir folder
mkfifo fifo
refused 'a folder' 4 'vafit: folder: cannot open: not a regular file' \
    "$VAFIT" check a --facts folder
refused 'a FIFO' 4 'vafit: fifo: cannot open: not a regular file' "$VAFIT" check a --facts fifo
truncate -s 1073741825 large.json
refused 'a file of more than 1 GiB' 4 \
    'vafit: large.json: cannot read: it is larger than 1073741824 bytes' \
    "$VAFIT" check a --facts large.json
refused 'no operand in front of --facts' 2 'vafit: check wants an executable, named before --facts
vafit: see `vafit help check`' "$VAFIT" check --facts facts.json a
run "$VAFIT" check a --facts
expect '--facts without a file' 2 '' 'vafit: --facts needs an argument
vafit: see `vafit help check`'
