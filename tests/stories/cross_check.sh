# LIEF's reading of real programs, before and after shrinking: it agrees.
. "$(dirname "$0")/../lib/cross_check.sh"

# As vafit-lief, and it writes down what it was asked.
cat >spy <<END
#!/bin/sh
"$LIEF" "\$1" && echo "\$1" >>"$WORK/asked"
END
chmod +x spy
export VAFIT_LIEF=$WORK/spy

# agrees NAME ORIGINAL LEVEL: the new file that shrink makes at that level.
agrees() {
    run "$VAFIT" shrink "$2" --level "$3" -o small --unstripped none --quiet
    expect "$1, $3: shrinks" 0 '' ''
    run "$VAFIT" verify small --against "$2"
    expect "$1, $3: LIEF agrees" 0 "small: $PROVEN" ''
}

for arch in arm64 x86_64; do
    for style in -fixup_chains -no_fixup_chains; do
        throwing_program $arch $arch$style $style && small_program $arch $arch$style $style ||
            fail "building for $arch $style" <<<'the linker failed'
        for image in throwing libmiddle.dylib libdeep.dylib main libbase.dylib; do
            name="$arch $style $image"
            run "$VAFIT" verify $arch$style/$image
            expect "$name: LIEF agrees" 0 "$arch$style/$image: $WELL" ''
            for level in lossless debug-map locals symbols; do
                agrees "$name" $arch$style/$image $level
            done
        done
    done
done
llvm-lipo-19 -create arm64-fixup_chains/throwing x86_64-fixup_chains/throwing -output both
for level in lossless debug-map locals symbols; do
    agrees 'a universal file' both $level
done
expect_true 'LIEF was asked each time, and answered' test "$(sort asked | uniq -c | sort -n |
    awk '{ print $1 }' | paste -sd' ')" = "$(printf '1 %.0s' {1..20})84"
