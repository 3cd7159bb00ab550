# A merged image that is not what its parts were is noticed, and what differs is named: pointers, imports,
# initialisers, thread-local variables, symbols, exports, unwind information, hashes, bytes.
. "$(dirname "$0")/../lib/run_programs.sh"

compared=$BUILD/tests/compare_merged/compare_merged
found=0
for arch in arm64 x86_64; do
    programs $arch $arch -fixup_chains || fail "$arch: building" <<<'the linker failed'
    for program in c/main cxx/shapes throwing/throwing; do
        name=$arch-${program%/*}
        run "$VAFIT" consolidate $arch/$program --out-dir $name -q
        merged=$name/libconsolidated.dylib
        run "$compared" $arch/$program $merged
        expect "$name: what consolidate made is as it should be" 0
        python3 "$TESTS/lib/damage_merged.py" $merged damaged >cases
        while IFS='|' read -r number what says; do
            run "$compared" $arch/$program damaged/$number
            if [ "$status" = 1 ] && grep -qF -- "${says:- }" .out; then
                found=$((found + 1))
            else
                { cat .out .err; echo "wanted: $says"; } | fail "$name: $what (damage $number)"
            fi
        done <cases
        rm -rf damaged
    done
done
expect_true "at least 190 damages are named ($found)" test $found -ge 190
