# Sweeps: a dylib cut to many lengths, and each byte of its load commands changed. Whatever the file is
# then, vafit gives a verdict or one error that names the file.
. "$(dirname "$0")/../lib/malformed.sh"

make_executable ../good/a --rpath @loader_path --load @rpath/liba.dylib
"$MAKE_MACHO" image --out ../good/liba.dylib --id @rpath/liba.dylib --symbols 8 --rpath @loader_path \
    --load /usr/lib/libSystem.B.dylib --weak @rpath/libw.dylib --segment __TEXT=0+16KiB \
    --segment __LINKEDIT=0x4000+16KiB
"$MAKE_MACHO" universal --out ../good/fat.dylib ../good/liba.dylib
good=$WORK/good/liba.dylib
size=$(wc -c <"$good")
commands=$((32 + $(number "$good" 20)))

# answer LABEL: checks the program bin/a; prints what is wrong with the answer.
answer() {
    local error
    "$VAFIT" check bin/a --format json >out 2>err </dev/null
    status=$?
    error=$(<err)
    case $status in
    0 | 1)
        [ -z "$error" ] || printf '%s: status %s, but %s\n' "$1" "$status" "$error"
        grep -E '^ *"[^"]*": -' out | grep -v '"margin"' | sed "s/^/$1:/"
        ;;
    3)
        if [ -z "$error" ]; then
            grep -q '"level": "error"' out || printf '%s: status 3 without a word\n' "$1"
        elif [ -s out ]; then
            printf '%s: status 3 with a report and %s\n' "$1" "$error"
        elif [[ "$error" == *"$NEWLINE"* || "$error" != 'vafit: bin/liba.dylib: '* ]]; then
            printf '%s: status 3 with %s\n' "$1" "$error"
        fi
        ;;
    *) printf '%s: status %s with %s\n' "$1" "$status" "$error" ;;
    esac
}

# cut LENGTH...: the dylib ends after so many bytes, which is always too few.
cut() {
    local length
    for length in "$@"; do
        head -c "$length" "$good" >bin/liba.dylib
        answer "$length bytes"
        [ "$status" = 3 ] || printf '%s bytes: status %s\n' "$length" "$status"
    done
}

# change OCTAL BYTE...: one byte of the dylib is another.
change() {
    local byte before
    before=($(od -An -v -to1 -N1024 "$good"))
    for byte in "${@:2}"; do
        [ "${before[byte]}" != "$1" ] || continue
        cp "$good" bin/liba.dylib
        printf "\\$1" | dd of=bin/liba.dylib bs=1 seek="$byte" conv=notrunc status=none
        answer "byte $byte"
    done
}

# sweep NAME FUNCTION ARGUMENT... -- ITEM...: FUNCTION ARGUMENT... ITEM... prints nothing. Half of the
# items each to two processes, in folders of their own.
sweep() {
    local name=$1 call=() items=() half
    shift
    while [ "$1" != -- ]; do
        call+=("$1")
        shift
    done
    shift
    for half in 0 1; do
        items=("${@:half * ($# / 2) + 1:half == 0 ? $# / 2 : $#}")
        mkdir -p "half$half/bin"
        cp ../good/a "half$half/bin"
        (cd "half$half" && "${call[@]}" "${items[@]}") >"wrong$half" 2>&1 &
    done
    wait
    if [ -s wrong0 ] || [ -s wrong1 ]; then
        head -20 wrong0 wrong1 | fail "$name ($# places)"
    else
        pass "$name ($# places)"
    fi
}

mkdir bin
cp ../good/a ../good/liba.dylib bin
run "$VAFIT" check bin/a
expect 'the program as it is' 0 - ''
rm -r bin

sweep 'every length from 0 to 200' cut -- {0..200}
sweep 'lengths inside the load commands' cut -- $(seq 200 97 "$commands") "$((commands - 1))"
sweep 'lengths after the load commands' cut -- \
    "$commands" $(seq $((commands + 1)) 997 $((size - 1))) 16383 16384 16385 $((size - 1))
sweep 'every byte of header and load commands is 0xff' change 377 -- $(seq 0 $((commands - 1)))
sweep 'every byte of header and load commands is 0' change 000 -- $(seq 0 $((commands - 1)))

# A universal dylib of one slice: its header of 28 bytes.
good=$WORK/good/fat.dylib
sweep 'every byte of the universal header is 0xff' change 377 -- {0..27}
sweep 'every byte of the universal header is 0' change 000 -- {0..27}
