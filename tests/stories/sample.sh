# sample: a program is launched so many times, and what aborts at its size is set against the prediction.
# Labels: quick
. "$(dirname "$0")/../lib/sample.sh"

# Of 736 places two are blocked (the story `rules`); of 3069 slides 1023 take `long` into the shared region.
executable long 1968
sample() {
    run "$VAFIT" sample --launcher ./standin "$@"
}

# 7 of 20: Wilson's interval for 95 % is 18.12 to 56.71 %; a third lies in it. 0 of 20: up to 3.8415 / 23.8415. With a
# third, 20 launches have no abort in (2/3)^20 of samples: such a sample tells, and nothing is said of it.
ends true 'aborts "$REGION"' 'aborts "$REGION"' '' '' 'exit 3' "$(times 5 'aborts "$REGION"')"
sample long --profile macos-26 -- --gtest_list_tests 'a b'
expect 'the share that was predicted' 1 "long: 7 of 20 launches aborted at malloc's window or the shared region
  system: not known, since there is no sw_vers
  malloc-window: 0 of 20 launches, 0.00 %; the share is 0.00 to 16.11 %, with 95 % confidence
    predicted under macos-26 (arm64): 0.00 % (0 of 736 places), which agrees with that
  shared-region: 7 of 20 launches, 35.00 %; the share is 18.12 to 56.71 %, with 95 % confidence
    predicted under macos-26 (arm64): 33.33 % (1023 of 3069 slides), which agrees with that
  0 launches ran for 5 seconds and were then ended; 13 ended by themselves: 12 with exit status 0, 1 with exit status 3
  kept: long.abort, the standard error of launch 2
  do: vafit explain long.abort long" ''
expect_true 'the program is given its arguments' test "$(sort -u arguments)" = './long --gtest_list_tests a b'
expect_same 'what the first abort wrote is kept' <(echo "$REGION") long.abort
sh -c "$(sed -n 's/^  do: vafit/"$VAFIT"/p' .out)" >explained
expect_true 'and explain reads it' grep -q '(shared-region)$' explained

# (734/736)^20 = 94.71 %; 0.05 = (734/736)^n for n = 1100.9.
ends
sample three --profile macos-26
expect 'no abort where few were predicted' 0 "three: no launch of 20 aborted at malloc's window or the shared region
  system: not known, since there is no sw_vers
  malloc-window: 0 of 20 launches, 0.00 %; the share is 0.00 to 16.11 %, with 95 % confidence
    predicted under macos-26 (arm64): at most 0.27 % (2 of 736 places), which agrees with that
    20 launches cannot tell: with such a share, 95 % of samples of that size have no abort; it takes 1101 launches to meet one with 95 % confidence
  shared-region: 0 of 20 launches, 0.00 %; the share is 0.00 to 16.11 %, with 95 % confidence
    predicted under macos-26 (arm64): 0.00 % (0 of 3069 slides), which agrees with that
  0 launches ran for 5 seconds and were then ended; 20 ended by themselves: 20 with exit status 0" ''
expect_true 'nothing is kept' test ! -e three.abort

# Other aborts say nothing of the size: the shares are those of the others. By a shell's exit status it is an abort too.
ends 'aborts "$MISSING"' 'kill -SEGV $$' 'echo "$MALLOC" >&2; exit 134' 'echo "$MALLOC" >&2; exit 1' 'exit 134'
sample three --profile macos-26 --launches 6
expect 'aborts for other causes are counted apart' 1 "three: 1 of 6 launches aborted at malloc's window or the shared region
  system: not known, since there is no sw_vers
  malloc-window: 1 of 4 launches, 25.00 %; the share is 4.56 to 69.94 %, with 95 % confidence
    predicted under macos-26 (arm64): at most 0.27 % (2 of 736 places), and more was seen
  shared-region: 0 of 4 launches, 0.00 %; the share is 0.00 to 48.99 %, with 95 % confidence
    predicted under macos-26 (arm64): 0.00 % (0 of 3069 slides), which agrees with that
  2 launches aborted for another cause (library-missing 1, unknown 1), and are left out of the shares
  0 launches ran for 5 seconds and were then ended; 3 ended by themselves: 1 with exit status 0, 1 with exit status 1, 1 with exit status 134
  kept: three.abort, the standard error of launch 3
  do: vafit explain three.abort three" ''
ends 'aborts "$MISSING"' 'aborts "$MISSING"'
sample three --launches 2
expect_true 'they alone: exit status 0, and they are told' test "$status $(grep -c 'tells nothing$' .out) $(sed -n 's/^  kept: //p' .out)" = \
    '0 2 three.abort, the standard error of launch 1'
ends 'aborts "$MALLOC"'
sample three --launches 1 --keep none
expect_true 'nothing is kept when nothing is to be' test "$status $(grep -cE 'kept:|do:' .out) $(ls ./*.abort 2>/dev/null)" = '1 0 '

# The running system is what sw_vers says; without, the profiles of check count.
mkdir tools
printf '#!/bin/sh\n[ "$1" = -productVersion ] && echo %s\n' 27.1 >tools/sw_vers
chmod +x tools/sw_vers
ends
PATH=$PATH:$WORK/tools sample three --launches 1
expect_true 'the running system is judged' test "$(sed -n 's/^  system: //p' .out) $(grep -o 'under macos-[0-9]*' .out | sort -u)" = 'macOS 27.1 under macos-27'
PATH=$PATH:$WORK/tools sample three --launches 1 --profile macos-26
expect_true 'unless another is named' test "$(grep -o 'under macos-[0-9]*' .out | sort -u)" = 'under macos-26'
ends
sample three --launches 1
expect_true 'without sw_vers: those of check' test "$(grep -o 'under macos-[0-9]*' .out | sort -u | tr '\n' ' ')" = 'under macos-26 under macos-27 '

# 2/736 of the launches that are not taken by the shared region.
ends 'aborts "$REGION"' 'aborts "$MALLOC"' 'aborts "$MISSING"'
sample long --profile macos-26 --launches 4 --format json --keep 'kept here'
jq -c '.causes |= map(.low |= (. * 10000 | round) | .high |= (. * 10000 | round) | .predictions[].share |= (. * 10000 | round))' .out >found
cat >wanted <<'END'
{"schema":"vafit.sample/1","executable":"long","os":null,"launches":4,"timeout":5,"causes":[{"cause":"malloc-window","aborts":1,"launches":3,"share":0.33333333333333331,"low":615,"high":7923,"predictions":[{"profile":"macos-26","arch":"arm64","missing":0,"share":0,"hit":0,"of":736,"observed":"more"}]},{"cause":"shared-region","aborts":1,"launches":3,"share":0.33333333333333331,"low":615,"high":7923,"predictions":[{"profile":"macos-26","arch":"arm64","missing":0,"share":3333,"hit":1023,"of":3069,"observed":"agrees"}]}],"others":[{"cause":"library-missing","aborts":1}],"ran":0,"ended":[{"status":0,"launches":1}],"kept":"kept here","advice":["vafit explain 'kept here' long"]}
END
sed -i 's/0\.3333333333333333[0-9]*/0.33333333333333331/g' found
expect_same 'the same as JSON' wanted found
cp .out whole.json
ends 'aborts "$REGION"' 'aborts "$MALLOC"' 'aborts "$MISSING"'
sample long --profile macos-26 --launches 4 --format json --keep 'kept here' -o out.json --depfile out.d
expect 'into a file' 1 '' ''
expect_same 'which is the same' whole.json out.json
expect_true 'the program is an input' grep -q '^out.json: long' out.d
