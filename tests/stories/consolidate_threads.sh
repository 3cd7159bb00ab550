# What is made depends on neither threads nor memory: merged images, stubs and clients have the same bytes, whichever
# was made first.
. "$(dirname "$0")/../lib/story.sh"

"$MAKE_MACHO" component --out build --dylibs 40 --dylibs-total 120MiB --dylibs-text 500 --executable-text 1MiB \
    --executable-linkedit 1MiB --density 100 --executable-density 0 --hashes >/dev/null || { fail 'building' <<<'make_macho failed'; exit; }

# Left alone, libnet stands between libgpu, which loads it, and libbase, which it loads: more than one image is made.
for how in '-j 1' '-j 8' '-j 8' '-j 8' '-j 8 --memory 1KiB' ''; do
    rm -rf new
    # shellcheck disable=SC2086
    run "$VAFIT" consolidate build/browser_tests --out-dir new --exclude libnet.dylib $how
    expect "it is consolidated${how:+ with $how}" 0 -
    [ -d first ] || mv new first
    [ "$how" = '-j 1' ] && continue
    expect_true "every byte is the same as with -j 1${how:+, with $how}" diff -r first new
done
expect_true 'there are several images' test "$(ls first/libconsolidated*.dylib | wc -l)" -gt 1
run "$VAFIT" consolidate build/browser_tests --dry-run --memory 1X
expect 'a size that is none is refused' 2 '' "vafit: --memory takes a size such as 64MiB, 1.5GiB or 1048576, not '1X'
vafit: see \`vafit help consolidate\`"
