# Facts files whose images are not as scan writes them.
. "$(dirname "$0")/../lib/malformed_facts.sh"

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
