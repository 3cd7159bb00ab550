# CMake: several programs and configurations, a baseline, and the keywords of vafit_fix.
. "$(dirname "$0")/../lib/cmake.sh"

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
expect_true 'two programs: one report' test "$(jq -r '.programs[].executable' $report | uniq | tr '\n' ' ')" = 'bin/shapes bin/other '
(cd two/out && "$VAFIT" check -q bin/shapes bin/other --baseline ../baseline.json --update-baseline) >.out 2>&1 || fail 'recording' <.out
build two
did 'a baseline: when it changed, the check runs' 'vafit check: shapes other'
expect_true 'a baseline: it knows the programs' test "$(jq -r '.programs[].findings[] | select(.rule == "growth").level' $report | uniq)" = pass
echo 'extern const char weight[40000] = "heavy";' >>two/src/text.cpp
build two
expect_true 'a baseline: growth fails the build' grep -q '^  error: growth: ' .out

project closed
echo 'vafit_fix(TARGET shapes NAME closed UP_TO exports KEEP_EXPORT "_a b*" _c IGNORE_STRINGS LIMIT 454GiB PROFILE macos-27 macos-26 RULE growth=off)' >>closed/CMakeLists.txt
configure closed Ninja arm64 >/dev/null
build closed
expect 'exports: is fixed' 0 - ''
expect_true 'exports: up to that level' test "$(jq -r .up_to closed/out/closed/report.json)" = exports
expect_true 'each keyword is the option of its name' test "$(tr '\n' ' ' <closed/out/closed/arguments)" = \
    '"--limit" "454GiB" "--up-to" "exports" "--profile" "macos-27" "--profile" "macos-26" "--rule" "growth=off" "--keep-export" "_a b*" "--keep-export" "_c" "--ignore-strings" '

project several
configure several 'Ninja Multi-Config' arm64 >/dev/null
for config in Debug Release; do
    run cmake --build several/out --config $config
    expect "several configurations: $config" 0 - ''
    expect_true "several configurations: $config has a report" test "$(jq -r '.programs[0].executable' \
        several/out/vafit-check-shapes/$config/report.json)" = bin/$config/shapes
done

# Presets, as the example's page has them.
project presets
cd presets || exit
export vafit_ROOT="$PREFIX"
while read -r configured built program report; do
    cmake --preset $configured >.out 2>&1 || fail "presets: $configured" <.out
    run cmake --build --preset $built
    expect "presets: $built is built" 0 - ''
    expect_true "presets: $built: its program is judged" test "$(jq -r '.programs[0].executable' out/$configured/vafit-check-shapes/$report)" = $program
done <<'END'
arm64 arm64 bin/shapes report.json
x86_64 x86_64 bin/shapes report.json
several debug bin/Debug/shapes Debug/report.json
several release bin/Release/shapes Release/report.json
END
