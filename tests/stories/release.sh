# docs/release.md: every command that is not Apple's runs as it stands there, in that order.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"
. "$TESTS/lib/heavy.sh"

heavy_program arm64 out || { fail 'building' <<<'the linker failed'; exit; }
mv out/main out/app && cp -rp out built
mkdir bin symbols
for tool in dsymutil llvm-dwarfdump llvm-objdump; do ln -s "$(command -v $tool-19)" bin/$tool; done
printf '#!/bin/sh\nexec "%s" "$@"\n' "$VAFIT" >bin/vafit && chmod +x bin/vafit
PATH=$PWD/bin:$PATH

page=$TESTS/../docs/release.md
sed -n 's/^    //p' "$page" | grep -v '^codesign \|^ditto \|^xcrun ' >commands
expect_true 'the page has commands' test "$(wc -l <commands)" -ge 8
while read -r line; do
    # Smaller than fits, so that there is something to fix.
    case $line in 'vafit fix'*--in-place) line+=" --limit $limit" ;; 'vafit check -q'*) line+=" --limit $limit" ;; esac
    [ "$line" = 'vafit check out/app' ] && {
        run vafit check out/app --format json
        limit=$(($(jq '.programs[0].va.sum' .out) - 1))
    }
    run bash -c "$line"
    expect "$line" 0 - -
    cp .out last
    case $line in
    llvm-dwarfdump*) grep -o '[0-9A-F-]\{36\}' .out >uuid ;;
    llvm-objdump*) expect_true 'the dSYM belongs to the image' test "$(grep -o '[0-9A-F-]\{36\}' .out)" = "$(cat uuid)" ;;
    *--in-place*) expect_true 'something was rewritten' test -n "$(find out -name '*.unstripped')" ;;
    esac
done <commands
rm -f out/*.dSYM
expect_true 'every byte is back' diff -r built out
