# The text of check is read at a glance: on a terminal, or with COLUMNS, no line of prose is longer than that, a command
# that can be pasted is whole, and through a pipe each is one line.
# Labels: quick
. "$(dirname "$0")/../lib/story.sh"

"$MAKE_MACHO" component --shape simple --out build >/dev/null
unset COLUMNS
run "$VAFIT" check build/browser_tests
expect 'through a pipe' 1 - ''
expect_true 'each is one line' test "$(sed -n 2,3p .out | grep -c '^  error: .* past the limit of 16.00 GiB')" = 2
cp .out one-line

# A path that is longer than the terminal is broken by the terminal alone.
for columns in 80 120; do
    COLUMNS=$columns run "$VAFIT" check build/browser_tests
    cp .out wrapped
    expect_true "$columns columns: no longer line" test -z "$(awk -v most=$columns 'length > most' wrapped)"
    expect_true "$columns columns: lines are full" test "$(awk 'length > m { m = length } END { print m }' wrapped)" -gt $((columns - 12))
    expect_true "$columns columns: a command on a line of its own" grep -qx '  do: vafit fix --in-place build/browser_tests' wrapped
    expect_true "$columns columns: it fits a screen of 24 lines" test "$(wc -l <wrapped)" -le 24
    # Broken lines have the same words; a narrow table has fewer columns.
    expect_true "$columns columns: the same words" test \
        "$(sed -n '/the heaviest 5/q;p' wrapped | tr -s ' \n' '  ')" = "$(sed -n '/the heaviest 5/q;p' one-line | tr -s ' \n' '  ')"
done
COLUMNS=80 run "$VAFIT" check build/browser_tests
expect_same '80 columns: the first lines' - <(head -9 .out) <<'END'
build/browser_tests (arm64): does not fit under macos-26; fits under macos-27
  error: image-sum: __PAGEZERO 4.00 GiB + executable 1.54 GiB + shared region
      6.00 GiB + 516 dylibs 4.65 GiB = 16.19 GiB, 0.19 GiB past the limit of
      16.00 GiB
  error: malloc-window: images reach 16.49 GiB, 0.49 GiB past the limit of
      16.00 GiB; 16 of the allocator's 736 places are blocked, so about 2.17 %
      of launches abort
  do: vafit fix --in-place build/browser_tests
  why: vafit help image-sum, vafit help malloc-window
END
run script -qec "stty cols 100; $VAFIT check build/browser_tests" /dev/null
expect_true 'a terminal says how wide it is' test "$(tr -d '\r' <.out | sed 's/\x1b\[[0-9;]*m//g' | awk 'length > m { m = length } END { print (m <= 100 && m > 88) }')" = 1

# The command has what this run was given, as a shell reads it.
mkdir 'my build' && cp build/*.dylib 'my build/' && cp build/browser_tests 'my build/it'"'"'s'
run "$VAFIT" check 'my build/it'"'"'s' --limit 15GiB --search 'my build' --profile macos-26
expect_true 'a command with options and quotes' grep -qxF \
    "  do: vafit fix --in-place --search 'my build' --profile macos-26 --limit $((15 << 30)) 'my build/it'\''s'" .out
sed -n 's/^  do: vafit //p' .out >command
(eval "$VAFIT $(cat command) --dry-run") >said
expect_true 'it can be pasted' grep -q '^would rewrite' said

# --color in every verb: what is wrong begins in red.
for verb in check why scan align shrink fix consolidate verify link; do
    run "$VAFIT" $verb --color always ./gone
    expect_true "$verb: --color" grep -q "^$(printf '\033')\[1;31mvafit$(printf '\033')\[0m" .err
    run "$VAFIT" $verb --color never ./gone
    expect_true "$verb: none" sh -c '! grep -q "$(printf "\033")" .err'
done
run "$VAFIT" completion --color always fish
expect 'completion: --color' 0 - ''
