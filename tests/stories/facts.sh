# scan and check --facts: the same verdict from small files.
# Labels: quick
. "$(dirname "$0")/../lib/story.sh"

"$MAKE_MACHO" component --shape simple --out build --dylibs 20 --dylibs-total 40MiB --executable-text 8MiB \
    --executable-linkedit 8MiB --density 30
# Names as real builds have them: links, frameworks, a universal file, what is missing.
ln -s libbase.dylib build/libbase_link.dylib
"$MAKE_MACHO" image --out build/x86 --arch x86_64 --text 16384
"$MAKE_MACHO" image --out build/arm --text 16384 --rpath @loader_path --load @rpath/libbase_link.dylib \
    --load @rpath/libgone.dylib --weak @rpath/libweak.dylib --load /usr/lib/libc++.1.dylib
"$MAKE_MACHO" universal --out build/fat build/arm build/x86
programs='build/browser_tests build/fat'

run "$VAFIT" check $programs --format json
expect 'from files' 3 - ''
mv .out from_files.json
run "$VAFIT" scan build/browser_tests build/fat build/*.dylib -o facts/all.json --depfile facts/all.d
expect 'scan writes the facts of many images' 0 '' ''
run "$VAFIT" check $programs --format json --facts facts/all.json
expect 'from facts' 3 - ''
# as_from_files: the last report but for its source, and for why a path leads to nothing.
as_from_files() {
    sed 's/"source": "facts"/"source": "files"/; s/(not among the facts)/(no such file)/' .out
}
as_from_files >from_facts.json
expect_same 'the same JSON but for its source' from_files.json from_facts.json
expect_true 'which says facts' grep -q '^  "source": "facts",$' .out

# One small file an image, as a remote build makes them.
for image in build/*; do
    [ "$image" = build/libbase_link.dylib ] && continue
    [ "$image" = build/libbase.dylib ] && image='build/libbase.dylib build/libbase_link.dylib'
    # shellcheck disable=SC2086
    "$VAFIT" scan $image -o "facts/$(basename "${image%% *}").json" || echo "scan of $image failed"
done
rm facts/all.json
mkdir hidden && mv build hidden/
run "$VAFIT" check $programs --format json --facts facts/*.json
as_from_files >from_facts.json
expect_same 'the same from one file an image, with no image at hand' from_files.json from_facts.json
run "$VAFIT" check $programs --format json --output r --depfile d --facts facts/*.json
printf 'r: %s\n' "$(echo facts/*.json)" >wanted
expect_same 'the depfile lists the facts' wanted d
run "$VAFIT" check build/gone --facts facts/fat.json
expect 'a program without facts' 3 '' 'vafit: build/gone: not among the images of the facts files'
run "$VAFIT" check --facts facts/fat.json build/fat
expect 'the program has to come first' 2 '' 'vafit: check needs an executable, named before --facts
vafit: see `vafit help check`'
mv hidden/build .
run "$VAFIT" scan build/libbase.dylib build/libbase_link.dylib
expect_true 'two names of one file are one image' test \
    "$(jq -c '[.images[] | [.path, .names]]' .out)" = \
    '[["build/libbase.dylib",["build/libbase_link.dylib"]]]'
# Where a build tool shows an action its inputs through links, the facts are told the names that count.
mkdir -p elsewhere
ln -s "$PWD/build/libbase.dylib" elsewhere/input
run "$VAFIT" scan build/libbase.dylib build/libbase_link.dylib
mv .out wanted
run "$VAFIT" scan elsewhere/input --as build/libbase.dylib --as build/libbase_link.dylib
expect 'an image under other names than its own' 0 - ''
expect_same 'its facts are those of the names' wanted .out
run "$VAFIT" scan build/libbase.dylib build/arm --as libbase.dylib
expect 'names are of one image' 2 '' 'vafit: --as names one image
vafit: see `vafit help scan`'
run "$VAFIT" scan
expect 'nothing to scan' 2 '' 'vafit: scan needs an image
vafit: see `vafit help scan`'
run "$VAFIT" scan build/gone build/arm /dev/null
expect 'every image that cannot be read is named' 4 '' 'vafit: build/gone: cannot open: No such file or directory
vafit: /dev/null: cannot open: not a regular file'
head -c 300 facts/arm.json >facts/cut.json
run "$VAFIT" check build/arm --facts facts/cut.json
expect_true 'cut facts are refused' test $status = 3
cp facts/arm.json facts/twice.json
run "$VAFIT" check build/arm --facts facts/arm.json facts/twice.json
expect 'facts that come twice are refused' 3 '' \
    'vafit: facts/twice.json: path: build/arm comes twice among the facts'
run "$VAFIT" check build/arm --facts facts/arm.json -q
expect_true 'what was not scanned is said to be no part of the facts' \
    grep -qF 'build/arm asks for @rpath/libbase_link.dylib, which was not found; tried build/libbase_link.dylib (not among the facts)' .out
