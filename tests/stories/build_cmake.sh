# The rules for CMake: examples/cmake is built with the installed vafit, by Ninja and by make.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"
# With this ld64.lld-19 writes no times into the debug map: without it no two builds are equal.
export ZERO_AR_DATE=1

cmake --install "$BUILD" --prefix installed >.install 2>&1 || { fail 'installs' <.install; exit; }
mv installed 'moved to'
PREFIX="$WORK/moved to"
VAFIT=$PREFIX/bin/vafit

# configure FOLDER GENERATOR ARCH [OPTION...]: the project in FOLDER, to be built in FOLDER/out.
configure() {
    cmake -S "$1" -B "$1/out" -G "$2" --toolchain "$WORK/$1/darwin.cmake" -DDARWIN_ARCH="$3" -Dvafit_ROOT="$PREFIX" "${@:4}"
}
# build FOLDER: keeps what it printed, one line after the other, in .out.
build() {
    run cmake --build "$1/out"
}
# steps: what the last build did, sorted. Make names every target that is there, too.
steps() {
    sed -n 's/^\[[^]]*\] \(\(Building\|Linking\|vafit\|Counting\).*\)$/\1/p' .out | sort
}
# did NAME STEP...
did() {
    steps >.did
    printf '%s\n' "${@:2}" | sort >.wanted
    [ $# -gt 1 ] || : >.wanted
    expect_same "$1" .wanted .did
}
# ran ARCH PROGRAM
ran() {
    run_program "$@" 2>&1
    echo "exit status $?"
}
project() {
    rm -rf "$1"
    cp -r "$TESTS/../examples/cmake" "$1"
}

all=('Building CXX object CMakeFiles/shape.dir/src/shape.cpp.o' 'Building CXX object CMakeFiles/shapes.dir/src/main.cpp.o'
    'Building CXX object CMakeFiles/text.dir/src/text.cpp.o' 'Linking CXX shared library bin/libshape.dylib'
    'Linking CXX shared library bin/libtext.dylib' 'Linking CXX executable bin/shapes')
relinked=('Building CXX object CMakeFiles/text.dir/src/text.cpp.o' 'Linking CXX shared library bin/libtext.dylib')

for generator in Ninja 'Unix Makefiles'; do
    # The example, with a second check from a folder below it, and a step that depends on the report.
    project check
    mkdir check/below
    cat >>check/CMakeLists.txt <<'END'
add_subdirectory(below)
get_target_property(report vafit-check-shapes VAFIT_REPORT)
if(report)
  add_custom_command(OUTPUT counted COMMAND ${CMAKE_COMMAND} -E copy ${report} counted DEPENDS ${report} COMMENT Counting VERBATIM)
  add_custom_target(count ALL DEPENDS counted)
  add_dependencies(count vafit-check-shapes)
endif()
END
    echo 'vafit_check(TARGET shapes NAME below WARN_AT 99)' >check/below/CMakeLists.txt
    checks=('vafit check: shapes' 'vafit check: shapes')

    run configure check "$generator" arm64
    expect "$generator: configures" 0 - ''
    build check
    expect "$generator: a program that fits" 0 - ''
    did "$generator: all is built and checked" "${all[@]}" "${checks[@]}" Counting
    expect_true "$generator: the report says so" test \
        "$(jq -r '.programs[] | "\(.executable) \(.verdict) \([.images[].path] | join(" "))"' check/out/vafit-check-shapes/report.json)" \
        = 'bin/shapes fits bin/shapes bin/libshape.dylib bin/libtext.dylib'
    expect_true "$generator: both checks report the same" cmp check/out/vafit-check-shapes/report.json check/out/below/below/report.json
    build check
    did "$generator: nothing changed: nothing runs"

    sleep 0.01
    sed -i 's/length < 50/length < 49/' check/src/text.cpp
    build check
    did "$generator: a dylib changed: it is linked and the program checked, no more" "${relinked[@]}" "${checks[@]}"
    build check
    did "$generator: and nothing runs after it"
    echo 'extern const char weight[100000] = "heavy";' >>check/src/text.cpp
    build check
    did "$generator: a dylib grew: what depends on the report runs" "${relinked[@]}" "${checks[@]}" Counting
    build check
    did "$generator: nothing runs after that either"

    configure check "$generator" arm64 -DLIMIT=10GiB >/dev/null
    build check
    expect_true "$generator: over the limit the build fails" test $status != 0
    did "$generator: only the check with that limit runs again" 'vafit check: shapes'
    cat .out .err >.said
    (cd check/out && "$VAFIT" check bin/shapes --limit 10GiB) >.expected
    expect_true "$generator: and vafit says what it does not fit in" grep -q 'error: image-sum: ' .expected
    expect_true "$generator: and names the heaviest images" grep -q '  bin/libtext.dylib$' .expected
    { cat .expected; echo 'CMakeLists.txt: vafit_check(TARGET shapes): failed'; } >.wanted
    grep -A"$(($(wc -l <.wanted) - 1))" -m1 '^bin/shapes' .said >.block
    expect_same "$generator: the message is vafit's, and the call's" .wanted .block
    build check
    expect_true "$generator: it fails again" test $status != 0
    configure check "$generator" arm64 -DVAFIT_CHECK=OFF >/dev/null
    build check
    expect "$generator: it can be switched off" 0 - ''
    configure check "$generator" arm64 -DVAFIT_CHECK=ON -DLIMIT=16GiB >/dev/null
    build check
    expect "$generator: another limit, and it passes" 0 - ''
    echo 'vafit_check(TARGET shapes NAME below RULE image-sum=warn LIMIT 10GiB)' >check/below/CMakeLists.txt
    build check
    expect_true "$generator: warnings do not fail the build" test $status = 0
    expect_true "$generator: but are shown" grep -q '^  warning: image-sum: ' .out .err

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
    project unfixable
    configure unfixable "$generator" arm64 -DFIX=ON -DLIMIT=10485800KiB >/dev/null
    build unfixable
    cat .out .err >.said
    expect_true "$generator: what cannot be fixed fails the build" test $status != 0
    expect_true "$generator: and says why" grep -q '^no rewriting up to locals suffices; ' .said
    expect_true "$generator: by the call" grep -q '^CMakeLists.txt: vafit_fix(TARGET shapes): failed$' .said
    expect_true "$generator: and leaves no copy" test ! -e unfixable/out/vafit-fix-shapes/files
    (cd unfixable/out && "$VAFIT" fix bin/shapes --dry-run --limit 10485800KiB) >.expected
    grep -A"$(($(wc -l <.expected) - 1))" -m1 '^bin/shapes' .said >.block
    expect_same "$generator: the message is vafit's" .expected .block
done

# --- every link shrinks ---

project shrunk
project plain
for folder in shrunk plain; do
    configure $folder Ninja arm64 -DSHRINK_LINKS=$([ $folder = shrunk ] && echo ON || echo OFF) >/dev/null
    build $folder
    expect "launcher: $folder is built" 0 - ''
done
for image in shapes libshape.dylib libtext.dylib; do
    expect_same "launcher: $image was the same before" plain/out/bin/$image shrunk/out/bin/$image.unstripped
    run "$VAFIT" shrink plain/out/bin/$image --level locals -q --unstripped none -o by_hand
    expect_same "launcher: $image is shrunk as by hand" by_hand shrunk/out/bin/$image
done
ran arm64 plain/out/bin/shapes >before
ran arm64 shrunk/out/bin/shapes >after
expect_same 'launcher: it runs the same' before after
# limited LIMIT: only the link of the executable is looked at.
limited() {
    project shrunk
    sed -i "s/^if(FIX)/vafit_link_launcher(TARGET shapes IF_NEEDED LIMIT $1)\n&/" shrunk/CMakeLists.txt
    configure shrunk Ninja arm64 >/dev/null
    build shrunk
}
limited 16GiB
expect 'launcher: IF_NEEDED: what fits' 0 - ''
expect_same 'launcher: IF_NEEDED: what fits is left alone' plain/out/bin/shapes shrunk/out/bin/shapes
limited 10486030KiB
expect 'launcher: IF_NEEDED: what can be shrunk' 0 - ''
expect_true 'launcher: IF_NEEDED: what can be shrunk fits' "$VAFIT" check -q shrunk/out/bin/shapes --limit 10486030KiB
limited 10GiB
expect_true 'launcher: IF_NEEDED: what cannot be fails the build' grep -q '^FAILED: bin/shapes' .out
expect_true 'launcher: IF_NEEDED: with the reason' grep -q 'error: image-sum: ' .out
expect_true 'launcher: IF_NEEDED: and is removed' test -e shrunk/out/bin/libtext.dylib -a ! -e shrunk/out/bin/shapes
project one
sed -i 's/^if(FIX)/vafit_link_launcher(TARGET text LANGUAGES CXX)\n&/' one/CMakeLists.txt
configure one Ninja arm64 >/dev/null
build one
expect_true 'launcher: one target alone' test "$(cd one/out/bin && echo *.unstripped)" = libtext.dylib.unstripped

# --- several programs, and a baseline ---

project two
cat >>two/CMakeLists.txt <<'END'
add_executable(other src/main.cpp)
target_link_libraries(other PRIVATE shape text)
vafit_check(TARGET shapes other BASELINE baseline.json MAX_GROWTH 16KiB)
END
echo '{"schema": "vafit.baseline/1", "programs": []}' >two/baseline.json
configure two Ninja arm64 >/dev/null
build two
expect 'two programs' 0 - ''
report=two/out/vafit-check-shapes-other/report.json
expect_true 'two programs: one report' test "$(jq -r '.programs[].executable' $report | tr '\n' ' ')" = 'bin/shapes bin/other '
(cd two/out && "$VAFIT" check -q bin/shapes bin/other --baseline ../baseline.json --update-baseline) >.out 2>&1 || fail 'recording' <.out
build two
did 'a baseline: when it changed, the check runs' 'vafit check: shapes other'
expect_true 'a baseline: it knows the programs' test "$(jq -r '.programs[].findings[] | select(.rule == "growth").level' $report | uniq)" = pass
echo 'extern const char weight[40000] = "heavy";' >>two/src/text.cpp
build two
expect_true 'a baseline: growth fails the build' grep -q '^  error: growth: ' .out

project closed
echo 'vafit_fix(TARGET shapes NAME closed UP_TO exports KEEP_EXPORT "_a b*" _c IGNORE_STRINGS LIMIT 16GiB RULE growth=off)' >>closed/CMakeLists.txt
configure closed Ninja arm64 >/dev/null
build closed
expect 'exports: is fixed' 0 - ''
expect_true 'exports: up to that level' test "$(jq -r .up_to closed/out/closed/report.json)" = exports
expect_true 'each keyword is the option of its name' test "$(tr '\n' ' ' <closed/out/closed/arguments)" = \
    '"--limit" "16GiB" "--up-to" "exports" "--rule" "growth=off" "--keep-export" "_a b*" "--keep-export" "_c" "--ignore-strings" '

# --- several configurations in one build folder ---

project several
configure several 'Ninja Multi-Config' arm64 >/dev/null
for config in Debug Release; do
    run cmake --build several/out --config $config
    expect "several configurations: $config" 0 - ''
    expect_true "several configurations: $config has a report" test "$(jq -r '.programs[0].executable' \
        several/out/vafit-check-shapes/$config/report.json)" = bin/$config/shapes
done

# --- wrong calls are refused when the project is configured ---

mkdir bad
# bad NAME CALL MESSAGE [OPTION...]
bad() {
    cat >bad/CMakeLists.txt <<END
cmake_minimum_required(VERSION 3.21)
project(bad NONE)
find_package(vafit 0.1 REQUIRED)
add_executable(program IMPORTED)
set_target_properties(program PROPERTIES IMPORTED_LOCATION /usr/bin/env)
add_library(library INTERFACE)
$2
END
    run cmake -S bad -B bad/out -Dvafit_ROOT="$PREFIX" "${@:4}"
    # CMake breaks lines.
    tr -s ' \n' ' ' <.err >.said
    if [ $status = 1 ] && grep -qF -- " (message): $3 Call Stack " .said && grep -qF "CMakeLists.txt:7 (${2%%(*})" .said; then
        pass "$1"
    else
        fail "$1" <.err
    fi
}
bad 'no target' 'vafit_check()' 'vafit_check: TARGET is missing'
bad 'an unknown target' 'vafit_check(TARGET other)' 'vafit_check(TARGET other): there is no target other; the call comes after it is added'
bad 'no executable' 'vafit_check(TARGET library)' 'vafit_check(TARGET library): library is no executable but INTERFACE_LIBRARY'
bad 'fix: no executable' 'vafit_fix(TARGET program library)' 'vafit_fix(TARGET program library): library is no executable but INTERFACE_LIBRARY'
bad 'a limit without unit' 'vafit_check(TARGET program LIMIT 16)' "vafit_check(TARGET program): LIMIT takes a size with its unit, such as 64MiB or 1.5GiB, not '16'"
bad 'headroom without unit' 'vafit_fix(TARGET program HEADROOM 64)' "vafit_fix(TARGET program): HEADROOM takes a size with its unit, such as 64MiB or 1.5GiB, not '64'"
bad 'no value' 'vafit_check(TARGET program LIMIT)' 'vafit_check(TARGET program): LIMIT wants a value'
bad 'an unknown keyword' 'vafit_check(TARGET program LIMIT 16GiB QUICKLY)' 'vafit_check(TARGET program): there is no keyword QUICKLY'
bad 'an unknown rule' 'vafit_check(TARGET program RULE sum=off)' "vafit_check(TARGET program): vafit: --rule: there is no rule 'sum'"
bad 'an unknown level of a rule' 'vafit_check(TARGET program RULE image-sum=loud)' 'vafit_check(TARGET program): vafit: --rule image-sum=loud: the level is error, warn or off'
bad 'an unknown profile' 'vafit_check(TARGET program PROFILE macos-9)' "vafit_check(TARGET program): vafit: there is no profile 'macos-9'"
bad 'a missing profile' 'vafit_check(TARGET program PROFILE none.json)' 'vafit_check(TARGET program): vafit: ../none.json: cannot open: No such file or directory'
bad 'a missing baseline' 'vafit_check(TARGET program BASELINE none.json MAX_GROWTH 1MiB)' 'vafit_check(TARGET program): vafit: ../none.json: cannot open: No such file or directory'
bad 'no baseline at all' 'vafit_check(TARGET program MAX_GROWTH 1MiB)' 'vafit_check(TARGET program): vafit: --max-growth and --update-baseline want --baseline'
bad 'fix: an unknown level' 'vafit_fix(TARGET program UP_TO everything)' "vafit_fix(TARGET program): vafit: --up-to takes one of lossless, debug-map, locals, symbols, exports, not 'everything'"
bad 'fix: a keyword of one level alone' 'vafit_fix(TARGET program IGNORE_STRINGS)' 'vafit_fix(TARGET program): vafit: --keep-export, --ignore-strings and --assume-closed want --up-to exports'
bad 'launcher: an unknown level' 'vafit_link_launcher(LEVEL everything)' "vafit_link_launcher: vafit: --level takes one of lossless, debug-map, locals, symbols, not 'everything'"
bad 'launcher: an unknown target' 'vafit_link_launcher(TARGET other)' 'vafit_link_launcher(TARGET other): there is no target other; the call comes after it is added'
bad 'a vafit that does not run' 'vafit_check(TARGET program)' "vafit_check(TARGET program): $WORK/bad ended with: Permission denied" -DVAFIT_EXECUTABLE="$WORK/bad"
bad 'no vafit' 'vafit_check(TARGET program)' 'vafit_check(TARGET program): VAFIT_EXECUTABLE: there is no program /none; it is an absolute path' -DVAFIT_EXECUTABLE=/none

# --- elsewhere, and without an installation ---

sed -i 's|^find_package.*|include("'"$TESTS"'/../cmake/Vafit.cmake")|; s/^vafit.*/vafit_check(TARGET program LIMIT 1GiB)\nvafit_fix(TARGET program LIMIT 1GiB)/' bad/CMakeLists.txt
rm -rf bad/out
run cmake -S bad -B bad/out -DVAFIT_EXECUTABLE="$VAFIT"
expect 'included by its path' 0 - ''
run cmake --build bad/out
expect 'a program for another system is not looked at' 0 - ''
