# The sums of the JSON report, worked out by hand.
# Labels: quick
. "$(dirname "$0")/../lib/story.sh"

# 0x100000000 of __PAGEZERO; the executable has 3 * 16 KiB, each dylib 2 * 16 KiB.
for name in one two; do
    "$MAKE_MACHO" image --out lib$name.dylib --type dylib --segment __TEXT=0+16KiB --segment __LINKEDIT=0x4000+16KiB \
        --id @rpath/lib$name.dylib
done
"$MAKE_MACHO" image --out main --type execute --segment __PAGEZERO=0+4GiB --segment __TEXT=0x100000000+16KiB \
    --segment __DATA=0x100004000+16KiB --segment __LINKEDIT=0x100008000+16KiB --rpath @loader_path \
    --load @rpath/libone.dylib --load @rpath/libtwo.dylib
run "$VAFIT" check main --format json
expect 'the report' 0 - ''
# 4294967296 + 49152 + 65536 = 4295081984, and 6 GiB of shared region = 6442450944 more.
expect_true 'its sums' test "$(jq -c '.programs[0].va' .out)" = \
    '{"pagezero":4294967296,"executable":49152,"dylibs":65536,"images":4295081984,"shared_region":6442450944,"sum":10737532928}'

# What the text report says would be freed is what the JSON report has; without symbols it says nothing.
. "$TESTS/lib/space.sh"
size() { if [ "$1" -lt 1024 ]; then echo "$1 bytes"; else human "$1"; fi; }
# freed MEMBER: of the last JSON report.
freed() { size "$(jq ".programs[0].would_free.$1" .out)"; }
expect_true 'symbols would free something' test "$(jq '.programs[0].would_free.symbols' .out)" -gt 0
wanted="  dropping from the heaviest $(jq '.programs[0].would_free.images' .out) the debug map frees $(freed debug_map), local symbols too $(freed locals), all symbols $(freed symbols)"
run "$VAFIT" check main --advice always
expect_true 'the text says the same' grep -qxF -- "$wanted" .out
"$MAKE_MACHO" image --out bare --type execute --symbols 0
run "$VAFIT" check bare --format json
expect_true 'nothing would be freed' test "$(jq '.programs[0].would_free.symbols' .out)" = 0
run "$VAFIT" check bare
expect_true 'and nothing is said of it' sh -c '! grep -q "dropping from" .out'
