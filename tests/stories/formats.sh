# The report formats, whole.
# Labels: quick
. "$(dirname "$0")/../lib/story.sh"

"$MAKE_MACHO" image --out liba.dylib --type dylib --id @rpath/liba.dylib --text 16384 --symbols 10 \
    --misaligned-strings
"$MAKE_MACHO" image --out main --segment __PAGEZERO=0+0x100000000 --segment __TEXT=0x100000000+0x4000000 \
    --segment __LINKEDIT=0x104000000+0x7c000000 --symbols 40 --rpath @loader_path \
    --load @rpath/liba.dylib --load @rpath/libgone.dylib --weak @rpath/libweak.dylib

# __LINKEDIT of main is a hole of 1984 MiB, but for the hashes of its 524288 pages: 16 MiB.
text_of_main='main (arm64): does not fit under macos-26 and macos-27
  error: shared-region: the executable ends at 0x180000000, and slid by 80.0 MiB at 0x184ffc000, 80.0 MiB past the shared region at 0x180000000; every slide reaches it, so every launch aborts
  error: unresolved: main asks for @rpath/libgone.dylib, which was not found; tried libgone.dylib (no such file)
  error: linkedit-alignment (macos-27): 1 part of __LINKEDIT is misaligned: liba.dylib (string pool at 0x101bc)
  warning: linkedit-alignment (macos-26): 1 part of __LINKEDIT is misaligned: liba.dylib (string pool at 0x101bc)
  do: vafit fix --in-place main
  do: build it, correct the LC_RPATHs of its loaders, or name its folder with --search or --sysroot
  why: vafit help shared-region, vafit help linkedit-alignment, vafit help unresolved
  linked again with other switches, the program would not have:
      1.1 KiB  the debug map, with -Wl,-S; then dsymutil finds no object files
      1.9 KiB  local symbols, with -Wl,-x; then backtraces name no static functions
  rewriting the heaviest 2 without loss frees at least 1.92 GiB
  not found, as it may be: @rpath/libweak.dylib (weak), asked for by main
  6.00 GiB of images: __PAGEZERO 4.00 GiB, executable 2.00 GiB, 1 dylib 80.0 KiB; system images, at no cost: 1
  under macos-26 they end at 12.06 GiB, and at 12.06 GiB with the greatest slide, 3.94 GiB below the limit
  under macos-27 they end at 448.06 GiB, and at 448.06 GiB with the greatest slide, 5.94 GiB below the limit
  the heaviest 2 of 2 images:
        space __LINKEDIT  debug map     locals    symbols    exports     fixups  image
     2.00 GiB   1.94 GiB    1.1 KiB    1.1 KiB  349 bytes  280 bytes   48 bytes  main
     80.0 KiB   16.0 KiB    0 bytes  822 bytes  121 bytes   96 bytes  120 bytes  liba.dylib'
run "$VAFIT" check main
expect 'text, whole' 1 "$text_of_main"
# The parts in the table are held against another reader.
for file in liba.dylib; do
    run "$VAFIT" check main --format json
    jq -cS --arg path $file '.programs[0].images[] | select(.path == $path) | .parts' .out >mine
    python3 "$TESTS/lib/breakdown.py" $file | jq -cS . >theirs
    expect_same "the parts of $file, read in another way" theirs mine
done

failed=$(printf '%s\n' "$text_of_main" | sed -n 2,5p)
misaligned='linkedit-alignment: 1 part of __LINKEDIT is misaligned: liba.dylib (string pool at 0x101bc)'
run "$VAFIT" check -q main
expect 'quiet text: what failed' 1 "main (arm64): does not fit under macos-26 and macos-27
$failed"
run "$VAFIT" check -q liba.dylib --rule linkedit-alignment=off
expect 'quiet text of what fits: nothing' 0 ''
run "$VAFIT" check -q liba.dylib --profile macos-26
expect 'quiet text of what fits with a warning' 0 "liba.dylib (arm64): fits, with warnings, under macos-26
  warning: $misaligned"
run "$VAFIT" check -q main --rule shared-region=off --profile macos-26
expect 'quiet text of what cannot be judged' 3 "main (arm64): cannot be judged for macos-26, since dylibs are missing
$(printf '%s\n' "$failed" | sed -n 2p)
  warning: $misaligned"
run "$VAFIT" check -v main
# image-sum and malloc-window differ in their numbers, linkedit-alignment in its severity; three rules are the same.
expect_true 'verbose text has every image and every help' test \
    "$(grep -c '^      what: ' .out) $(grep 'all 2 images, in dyld' .out)" = \
    "9   all 2 images, in dyld's loading order:"
run "$VAFIT" check main --exit-zero
expect '--exit-zero reports and exits 0' 0 "$text_of_main"
run "$VAFIT" check main --top 1 --format json
expect_true '--top 1 reads one symbol table' test \
    "$(jq -c '[.programs[0].images[].parts.debug_map]' .out)" = '[1140,null]'
run "$VAFIT" check main --top 0
expect_true '--top 0 shows no table' sh -c '! grep -q heaviest .out'

# Each system's findings in the order of the rules; what a later one finds as well is not told again.
run "$VAFIT" check main --format github
expect 'github: one annotation a program' 1 "::error file=main,title=vafit (arm64%2C macos-26 and macos-27)::$(
    printf '%s\n' "$failed" | sed 's/^  [a-z]*: //' | sed -n '1p;2h;4p;${g;p}' >.lines
    printf '%s\n' "$failed" | sed -n '3s/^  [a-z]*: //p' >>.lines
    awk 'NR > 1 { printf "%%0A" } { printf "%s", $0 }' .lines)"
run "$VAFIT" check liba.dylib --format github --profile macos-26
expect 'github: a warning' 0 "::warning file=liba.dylib,title=vafit (arm64%2C macos-26)::$misaligned"

run "$VAFIT" check main --format sarif
jq -r '.version, .runs[0].tool.driver.name, (.runs[0].results[] |
    "\(.ruleId) \(.level) \(.locations[0].physicalLocation.artifactLocation.uri) \(.message.text)")' \
    .out >found
printf '%s\n' 2.1.0 vafit "$failed" |
    sed -n -e 1,2p -e 's/^  \([a-z]*\): \([a-z-]*\)\( ([^)]*)\)\{0,1\}: /\2 \1 main /p' | sort >wanted
sort -o found found
expect_same 'sarif: a result a finding, whatever many systems find it' wanted found
expect_true 'sarif: every result names a rule of the tool' jq -e \
    '.runs[0] as $run | all($run.results[]; $run.tool.driver.rules[.ruleIndex].id == .ruleId)' .out

# JSON: the names that build files rely on, and whole bytes.
run "$VAFIT" check main --format json
jq -r 'keys_unsorted, (.programs[0] | keys_unsorted, (.va | keys_unsorted), (.placement | keys_unsorted),
    (.malloc_window | keys_unsorted), (.shared_region | keys_unsorted), (.findings[0] | keys_unsorted), (.findings[0].help | keys_unsorted),
    (.images[0] | keys_unsorted), (.images[0].parts | keys_unsorted), (.unresolved[0] | keys_unsorted)) |
    join(" ")' .out >found
cat >wanted <<'END'
schema verdict source programs
executable arch profile verdict image_count system_image_count va placement malloc_window shared_region hardened would_free unused_exports switches top_names findings images unresolved
pagezero executable dylibs images shared_region sum
top top_slid limit headroom beyond
slots_hit slots probability
slides_hit slides probability
rule level actual limit margin message help
what why what_to_do if_not_possible
path install_name va file_size address linkedit parts loaded_by
fixups exports symbols strings debug_map local_symbols signature other
name loaded_by weak allowed tried
END
expect_same 'json: the names' wanted found
expect_true 'json: the schema and the verdict' test \
    "$(jq -r '"\(.schema) \(.verdict) \(.source)"' .out)" = 'vafit.check/1 exceeds files'
# __PAGEZERO 4 GiB, executable 2 GiB, a dylib of 80 KiB; the stack has moved to 12 GiB, where 64 MiB and
# the dylib's file of less than 80 KiB come before the dylib.
jq -c '.programs[0] | [.va[]], [.placement[]], [.malloc_window[]], [.shared_region[]], [.images[] | .address, .va, .linkedit]' \
    .out >found
file=$(($(stat -c %s liba.dylib) + 16383 & ~16383))
cat >wanted <<END
[4294967296,2147483648,81920,6442532864,6442450944,12884983808]
[$(((12 << 30) + (64 << 20) + file + 81920)),$(((12 << 30) + (64 << 20) + file + 81920)),17179869184,67108864,0]
[0,736,0]
[3069,3069,1]
[4294967296,2147483648,2080374784,$(((12 << 30) + (64 << 20) + file)),81920,16384]
END
expect_same 'json: the numbers' wanted found
expect_true 'json: null where there is no limit' test \
    "$("$VAFIT" check main --profile macos-15 --exit-zero --format json | jq -c '.programs[0] | [.placement.limit, .malloc_window]')" = '[null,null]'
