# What is no regular file is written into and never replaced; symbolic links are followed; - is standard output.
. "$(dirname "$0")/../lib/story.sh"

"$MAKE_MACHO" image --out main --text 16384 --symbols 8 --hashes
mkfifo fifo
mkdir real
ln -s real/report link
"$VAFIT" check main --format json >printed

# Each way to name a place for a result, and what it writes there.
ways=('check main --format json -o' 'scan main -o' 'check main -o report --depfile'
    'why main main -o' 'fix main --dry-run --format json -o'
    'check main -o report --update-baseline --baseline' 'map main --format svg -o' 'map main --format html -o')
for way in "${ways[@]}"; do
    "$VAFIT" $way file >/dev/null 2>&1
    timeout 5 cat fifo >got &
    run "$VAFIT" $way fifo
    wait
    expect "vafit $way FIFO" 0 '' ''
    expect_true 'writes into it' test -p fifo
    expect_same 'what a file holds' file got
    run "$VAFIT" $way link
    expect_true "vafit $way LINK makes the file it leads to" test -L link -a -f real/report
    expect_same 'which holds the same' file real/report
    run "$VAFIT" $way real/report
    "$VAFIT" $way >(cat >got) >/dev/null 2>&1
    for i in $(seq 50); do cmp -s file got && break; sleep 0.1; done
    expect_same "vafit $way >(COMMAND)" file got
    run "$VAFIT" $way /dev/null
    expect "vafit $way /dev/null" 0 '' ''
    expect_true 'leaves the device' test -c /dev/null
    run "$VAFIT" $way /dev/full
    expect "vafit $way /dev/full" 4 '' 'vafit: /dev/full: cannot write: No space left on device'
    (echo before; "$VAFIT" $way /dev/stdout 2>/dev/null; echo after) >got
    (echo before; cat file; echo after) >wanted
    expect_same "vafit $way /dev/stdout goes on in a file" wanted got
    rm -f file real/report
done
if mknod device c 1 3 2>/dev/null; then
    run "$VAFIT" check main -o device
    expect_true 'a device of any name stays one' test -c device
else
    skip 'a device of any name stays one' 'only root makes devices'
fi

run "$VAFIT" check main --format json -o -
expect_same '-o - prints the report' printed .out
run "$VAFIT" check main --format json -o r --depfile -
expect '--depfile - prints the depfile' 0 'r: main' ''
run "$VAFIT" check main -o - --depfile d
expect 'a depfile wants a file as its target' 2 '' 'vafit: --depfile needs --output, whose path stands in it
vafit: see `vafit help check`'
run "$VAFIT" check main -o r --update-baseline --baseline -
expect_true '--update-baseline prints a baseline' grep -q '"schema": "vafit.baseline/1"' .out
run "$VAFIT" check main --update-baseline --baseline -
expect 'but not after the report' 2 '' 'vafit: standard output takes one of the report, depfile, metrics and baseline
vafit: see `vafit help check`'
run "$VAFIT" check main --baseline -
expect 'and reads none there' 2 '' 'vafit: --baseline - needs --update-baseline: it is standard output
vafit: see `vafit help check`'
expect_true 'no file is called -' test ! -e -

# Modes.
touch mode && chmod 604 mode
run "$VAFIT" check main -o mode
expect_true 'a file keeps its permission bits' test "$(stat -c %a mode)" = 604
message=$(ulimit -f 0 && "$VAFIT" check main -o mode --format json 2>&1)
expect_true 'a file that may not grow is an error' test "$message" = 'vafit: mode: cannot write: File too large'
expect_true 'and is what it was' test "$(head -c 6 mode)" = 'main ('
expect_true 'no temporary file is left' test -z "$(find . -name '.vafit*')"

# An image, whole and proven before a byte of it is written.
"$VAFIT" shrink main -o image -q
{ timeout 20 cat fifo >got & } && run "$VAFIT" shrink main -o fifo
expect 'an image into a pipe' 0 '' ''
wait
expect_true 'is the one that a file gets' cmp got image
run "$VAFIT" shrink main -o /dev/null
expect 'an image into a device' 0 '' ''
expect_true 'both stay what they are' test -p fifo -a -c /dev/null
for place in - /dev/stdout; do
    "$VAFIT" shrink main -o $place >got
    expect_true "an image to $place" cmp got image
    "$VAFIT" shrink main -o $place | cat >got
    expect_true "an image to $place, a pipe" cmp got image
done
expect_true 'no original is kept of what replaces nothing' test ! -e fifo.unstripped -a ! -e ./-.unstripped
ln -sf real/image link
run "$VAFIT" shrink main -o link -q
expect 'but to where a link leads' 0 '' ''
expect_true 'which stays one' test -L link -a -f real/image

# No result is written over another, or over the baseline, whatever way the name is spelled.
echo '{"schema": "vafit.baseline/1", "programs": []}' >known.json
for places in '--output rr --depfile ./rr:--depfile ./rr' '--output known.json --baseline known.json:--baseline known.json' \
    '--output rr --depfile dd --baseline dd --update-baseline:--baseline dd'; do
    # shellcheck disable=SC2086
    run "$VAFIT" check main ${places%:*}
    expect "${places%:*}" 2 '' "vafit: ${places#*:}: another file of this run has that name
vafit: see \`vafit help check\`"
done
run "$VAFIT" fix main --dry-run --output rr --depfile sub/../rr
expect 'the same in fix' 2 '' 'vafit: --depfile sub/../rr: another file of this run has that name
vafit: see `vafit help fix`'
expect_true 'nothing was written' test ! -e rr -a ! -e dd
run "$VAFIT" check main --output /dev/null --depfile /dev/null
expect 'a device takes both' 0 '' ''
# Colours are for what is shown.
run script -qec "$VAFIT fix main --dry-run --output shown.txt" /dev/null
expect_true 'a report in a file has no colours on a terminal either' sh -c '! grep -q "$(printf "\033")" shown.txt && grep -q "fits under" shown.txt'
run "$VAFIT" fix main --dry-run --color always
expect_true 'fix has them where they are asked for' grep -q "$(printf '\033')\[32mfits under" .out
run env COLUMNS=60 "$VAFIT" fix main --dry-run --limit 4GiB --rule malloc-window=off
expect_true 'and its lines end where the terminal does' test -z "$(awk 'length > 60' .out)"
