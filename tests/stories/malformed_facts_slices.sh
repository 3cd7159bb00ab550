# Facts files whose slices are not as scan writes them.
. "$(dirname "$0")/../lib/malformed_facts.sh"

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
