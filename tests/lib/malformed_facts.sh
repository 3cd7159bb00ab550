# A facts file with one of everything, and changes of it that must be refused.
. "$(dirname "${BASH_SOURCE[0]}")/malformed.sh"

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
printf '%s' "$facts" >facts.json
