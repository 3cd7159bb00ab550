# Dylibs and programs in which bytes were changed at random: consolidate refuses them, or what it makes is well formed
# and prints the same; it neither crashes nor hangs.
. "$(dirname "$0")/../lib/many_dylibs.sh"
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}exitcode=99 UBSAN_OPTIONS=${UBSAN_OPTIONS:+$UBSAN_OPTIONS:}exitcode=99

COUNT=5 RUNS=40 ARCH=x86_64
# judge SEED FILE: consolidates what has changed bytes; says what is wrong.
judge() {
    local image
    timeout 60 "$VAFIT" consolidate many/main many/other --dry-run -q >said 2>&1
    case $? in 0 | 3) ;; *) echo "seed $1, $2: dry run: exit status $?" && cat said ;; esac
    timeout 60 "$VAFIT" consolidate many/main many/other --out-dir out -q >said 2>&1
    case $? in
    0) ;;
    3)
        refused=$((refused + 1))
        return
        ;;
    *) echo "seed $1, $2: exit status $?" && cat said ;;
    esac
    for image in out/libconsolidated*.dylib; do
        [ ! -e "$image" ] || "$VAFIT" verify -q "$image" || echo "seed $1, $2: $image"
    done
    many_run $ARCH many before
    # What cannot be loaded has nothing to be held against.
    ! grep -qx 'exit status 7' before.main || ! grep -qx 'exit status 7' before.other || {
        ran=$((ran + 1))
        many_run $ARCH out after
        diff <(sort before.main) <(sort after.main) >different && diff <(sort before.other) <(sort after.other) >>different ||
            { echo "seed $1, $2: it prints something else" && head -5 different; }
    }
}

many_objects $ARCH $COUNT || fail 'compiling' <<<'the compiler failed'
for style in -fixup_chains -no_fixup_chains; do
    rm -rf was && many_dylibs $ARCH $COUNT was $style || fail 'linking' <<<'the linker failed'
    find was -type f | sort >files
    refused=0 ran=0
    : >wrong
    for seed in $(seq $RUNS); do
        rm -rf many out && cp -a was many
        file=$(sed -n $((seed % $(wc -l <files) + 1))p files)
        python3 "$TESTS/lib/changed_bytes.py" "many/${file#was/}" "$seed"
        judge "$seed" "$file" >>wrong 2>&1
    done
    if [ -s wrong ]; then head -60 wrong | fail "$style: changed bytes"; else pass "$style: changed bytes"; fi
    expect_true "$style: some are refused ($refused), some run ($ran)" test $refused -ge 3 -a $ran -ge 10
done
