# CMake: the fix of examples/cmake, built by Ninja and by make.
. "$(dirname "$0")/../lib/cmake.sh"

for generator in Ninja 'Unix Makefiles'; do
    # Two builds in folders of different names and depths are equal; fixed programs are copies that run.
    for arch in arm64 x86_64; do
        [ $arch = arm64 ] || [ "$generator" = Ninja ] || continue
        rm -rf deep
        mkdir deep
        project fixed
        project 'deep/the other one'
        for folder in fixed 'deep/the other one'; do
            configure "$folder" "$generator" $arch -DFIX=ON -DLIMIT=10486000KiB >.configure 2>&1 || fail "$arch" <.configure
            build "$folder"
            expect "$generator, $arch, $folder: is fixed" 0 - ''
        done
        files=fixed/out/vafit-fix-shapes/files
        expect_true "$generator, $arch: two builds are equal" diff -r fixed/out/bin 'deep/the other one/out/bin'
        expect_true "$generator, $arch: two copies are equal" diff -r $files 'deep/the other one/out/vafit-fix-shapes/files'
        expect_true "$generator, $arch: two reports are equal" diff fixed/out/vafit-fix-shapes/report.json \
            'deep/the other one/out/vafit-fix-shapes/report.json'
        ran $arch fixed/out/bin/shapes >before
        ran $arch $files/shapes >after
        expect_true "$generator, $arch: the program says something" grep -q '^area ' before
        expect_same "$generator, $arch: the copy runs the same" before after
        for image in shapes libshape.dylib libtext.dylib; do
            run "$VAFIT" verify $files/$image --against fixed/out/bin/$image
            expect "$generator, $arch: $image is proven" 0 "$files/$image: well formed, and means the same"
        done
        # No limit concerns x86_64.
        outcome=done
        [ $arch = arm64 ] || outcome=copied
        expect_true "$generator, $arch: the report says $outcome" test "$(jq -r .outcome fixed/out/vafit-fix-shapes/report.json)" = $outcome
        run "$VAFIT" check -q $files/shapes --limit 10486000KiB
        expect "$generator, $arch: the copy fits" 0 '' ''
        build fixed
        did "$generator, $arch: nothing changed: nothing is fixed"
        touch $files/libgone.dylib
        sleep 0.01
        sed -i 's/length < 50/length < 49/' fixed/src/text.cpp
        build fixed
        did "$generator, $arch: a dylib changed: it is fixed again" "${relinked[@]}" 'vafit fix: shapes'
        expect_true "$generator, $arch: what is loaded no more is gone" test ! -e $files/libgone.dylib
        expect_true "$generator, $arch: the new dylib is in the copy" "$VAFIT" verify -q $files/libtext.dylib --against fixed/out/bin/libtext.dylib
    done
    # Dylibs become one image where no level is enough. With two more of them pages are saved.
    project merged
    for name in one two; do
        echo "int $name() { return 1; }" >merged/src/$name.cpp
        sed -i "s/^add_executable.*/&\nadd_library($name SHARED src\/$name.cpp)\ntarget_link_libraries(shapes PRIVATE $name)/" merged/CMakeLists.txt
    done
    configure merged "$generator" arm64 >/dev/null
    build merged
    both=$("$VAFIT" fix merged/out/bin/shapes --dry-run --limit 9GiB --up-to consolidate --format json |
        jq '.programs[0].after.sum / 1024')
    sed -i 's/^ *vafit_fix(TARGET shapes/& UP_TO consolidate/' merged/CMakeLists.txt
    configure merged "$generator" arm64 -DFIX=ON -DLIMIT="${both}KiB" >.configure 2>&1 || fail consolidate <.configure
    build merged
    expect "$generator: consolidate: is fixed" 0 - ''
    files=merged/out/vafit-fix-shapes/files
    run "$VAFIT" fix merged/out/bin/shapes --dry-run --limit "${both}KiB"
    expect_true "$generator: consolidate: no level is enough" test $status = 1
    expect_true "$generator: consolidate: the copy has one image of the dylibs" test "$(cd $files && echo *)" = \
        'libconsolidated.dylib libconsolidated.dylib.parts.json libone.dylib libshape.dylib libtext.dylib libtwo.dylib shapes'
    ran arm64 merged/out/bin/shapes >before
    ran arm64 $files/shapes >after
    expect_same "$generator: consolidate: the copy runs the same" before after
    project unfixable
    configure unfixable "$generator" arm64 -DFIX=ON -DLIMIT=10485800KiB >/dev/null
    build unfixable
    cat .out .err >.said
    expect_true "$generator: what cannot be fixed fails the build" test $status != 0
    expect_true "$generator: and says why" grep -q '^no level up to locals is enough; ' .said
    expect_true "$generator: by the call" grep -q '^CMakeLists.txt: vafit_fix(TARGET shapes): failed$' .said
    expect_true "$generator: and leaves no copy" test ! -e unfixable/out/vafit-fix-shapes/files
    (cd unfixable/out && "$VAFIT" fix bin/shapes --dry-run --limit 10485800KiB) >.expected
    grep -A"$(($(wc -l <.expected) - 1))" -m1 '^bin/shapes' .said >.block
    expect_same "$generator: the message is vafit's" .expected .block
done
