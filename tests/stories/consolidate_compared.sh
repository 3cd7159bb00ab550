# A merged image that is not what its parts were is noticed, and what differs is named: pointers, imports,
# initialisers, thread-local variables, symbols, exports, unwind information, hashes, bytes. So are a stub and a client
# that are not what they should be.
. "$(dirname "$0")/../lib/run_programs.sh"

compared=$BUILD/tests/compare_merged/compare_merged
found=0
# judge_damages EXECUTABLE NAME [OLD]: each of the damaged files is told from what it should be.
judge_damages() {
    while IFS='|' read -r number what says; do
        run "$compared" $1 damaged/$number ${3-}
        if [ "$status" = 1 ] && grep -qF -- "${says:- }" .out; then
            found=$((found + 1))
        else
            { cat .out .err; echo "wanted: $says"; } | fail "$2: $what (damage $number)"
        fi
    done <cases
    rm -rf damaged
}
for arch in arm64 x86_64; do
    programs $arch $arch -fixup_chains || fail "$arch: building" <<<'the linker failed'
    for program in c/main cxx/shapes throwing/throwing; do
        name=$arch-${program%/*}
        run "$VAFIT" consolidate $arch/$program --out-dir $name -q
        merged=$name/libconsolidated.dylib
        run "$compared" $arch/$program $merged
        expect "$name: what consolidate made is as it should be" 0
        python3 "$TESTS/lib/damage_merged.py" $merged damaged >cases
        judge_damages $arch/$program "$name"
        for file in $name/*; do
            leaf=${file##*/}
            case $leaf in
            libconsolidated*) continue ;;
            *.dylib) python3 "$TESTS/lib/damage_around.py" stub $file damaged >cases ;;
            *) python3 "$TESTS/lib/damage_around.py" client $file damaged >cases ;;
            esac
            run "$compared" $arch/$program $file $leaf
            expect "$name: $leaf is as it should be" 0
            judge_damages $arch/$program "$name: $leaf" $leaf
        done
    done
done
expect_true "at least 450 damages are named ($found)" test $found -ge 450
