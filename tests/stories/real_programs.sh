# Programs from a real compiler and linker: what vafit reads is what LLVM reads.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"
. "$TESTS/lib/otool.sh"
. "$TESTS/lib/listed.sh"

for style in -fixup_chains -no_fixup_chains; do
    for arch in arm64 x86_64; do
        small_program $arch $arch$style $style || fail "building for $arch $style" <<<'the linker failed'
        run "$VAFIT" check $arch$style/main --format json
        expect_true "$arch $style: fits, and all of it is found" test \
            "$status $(jq -c '[.programs[0].images[].path]' .out)" = \
            "0 [\"$arch$style/main\",\"$arch$style/libleft.dylib\",\"$arch$style/libright.dylib\",\"$arch$style/libbase.dylib\"]"
        for image in main libleft.dylib libright.dylib libbase.dylib; do
            same_as_otool "$arch $style: $image" $arch$style/$image $arch
            same_exports "$arch $style: $image" $arch$style/$image
            same_functions "$arch $style: $image" $arch$style/$image
            run "$VAFIT" scan $arch$style/$image
            jq -cS '.images[0].slices[0].parts' .out >mine
            python3 "$TESTS/lib/breakdown.py" $arch$style/$image | jq -cS . >theirs
            expect_same "$arch $style: the parts of $image" theirs mine
        done
    done
done

# A universal file as lipo makes it.
llvm-lipo-19 -create arm64-fixup_chains/main x86_64-fixup_chains/main -output both
for arch in arm64 x86_64; do same_as_otool "the $arch slice of a universal file" both $arch; done
# One that strip has been at: vafit warns of what it left misaligned, or finds all aligned.
cp arm64-fixup_chains/main stripped
llvm-strip-19 -S stripped
same_as_otool 'a stripped executable' stripped arm64
