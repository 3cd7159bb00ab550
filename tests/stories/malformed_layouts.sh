# Profiles of one's own whose numbers make no sense.
. "$(dirname "$0")/../lib/malformed_profile.sh"

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

for value in 5 '"x"' true '[]'; do
    bad_layout 'window: neither an object nor null' "\"window\": $value"
done
for member in start size stride slots; do
    for value in null -1 '"x"'; do
        bad_layout "window.$member: $number" "\"window\": {\"$member\": $value}"
    done
done
bad_layout 'window.stat: no member of a window' '"window": {"stat": 1}'
wants='window: needs a start past image_base, and size, stride and slots above 0'
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
