# Profiles of one's own that must be refused.
. "$(dirname "${BASH_SOURCE[0]}")/malformed.sh"

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
number='neither a whole number of bytes nor a size such as "16GiB"'
