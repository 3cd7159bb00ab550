# CMake: wrong calls are refused when the project is configured.
. "$(dirname "$0")/../lib/cmake.sh"

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
bad 'no value' 'vafit_check(TARGET program LIMIT)' 'vafit_check(TARGET program): LIMIT needs a value'
bad 'an unknown keyword' 'vafit_check(TARGET program LIMIT 16GiB QUICKLY)' 'vafit_check(TARGET program): there is no keyword QUICKLY'
bad 'an unknown rule' 'vafit_check(TARGET program RULE sum=off)' "vafit_check(TARGET program): vafit: --rule: there is no rule 'sum'"
bad 'an unknown level of a rule' 'vafit_check(TARGET program RULE image-sum=loud)' 'vafit_check(TARGET program): vafit: --rule image-sum=loud: the severity is error, warn or off'
bad 'an unknown profile' 'vafit_check(TARGET program PROFILE macos-9)' "vafit_check(TARGET program): vafit: there is no profile 'macos-9'"
bad 'a missing profile' 'vafit_check(TARGET program PROFILE none.json)' 'vafit_check(TARGET program): vafit: ../none.json: cannot open: No such file or directory'
bad 'a missing baseline' 'vafit_check(TARGET program BASELINE none.json MAX_GROWTH 1MiB)' 'vafit_check(TARGET program): vafit: ../none.json: cannot open: No such file or directory'
bad 'no baseline at all' 'vafit_check(TARGET program MAX_GROWTH 1MiB)' 'vafit_check(TARGET program): vafit: --max-growth and --update-baseline need --baseline'
bad 'fix: an unknown level' 'vafit_fix(TARGET program UP_TO everything)' "vafit_fix(TARGET program): vafit: --up-to takes one of align, lossless, debug-map, locals, symbols, exports, consolidate, lossless+consolidate, debug-map+consolidate, locals+consolidate, symbols+consolidate, exports+consolidate, not 'everything'"
bad 'fix: a keyword of one level alone' 'vafit_fix(TARGET program IGNORE_STRINGS)' 'vafit_fix(TARGET program): vafit: --keep-export, --ignore-strings and --assume-closed need --up-to exports'
bad 'launcher: an unknown level' 'vafit_link_launcher(LEVEL everything)' "vafit_link_launcher: vafit: --level takes one of align, lossless, debug-map, locals, symbols, not 'everything'"
bad 'launcher: an unknown target' 'vafit_link_launcher(TARGET other)' 'vafit_link_launcher(TARGET other): there is no target other; the call comes after it is added'
bad 'a vafit that does not run' 'vafit_check(TARGET program)' "vafit_check(TARGET program): $WORK/bad ended with: Permission denied" -DVAFIT_EXECUTABLE="$WORK/bad"
bad 'no vafit' 'vafit_check(TARGET program)' 'vafit_check(TARGET program): VAFIT_EXECUTABLE: there is no program /none; it is an absolute path' -DVAFIT_EXECUTABLE=/none

sed -i '/^find_package/d; s/^vafit.*/include("'"$(printf %s "$PREFIX/share/cmake/vafit/Vafit.cmake" | sed 's|[/&]|\\&|g')"'")\n&/' bad/CMakeLists.txt
rm -rf bad/out
run cmake -S bad -B bad/out
tr -s ' \n' ' ' <.err >.said
expect_true 'nobody says where vafit is' grep -qF ': neither find_package(vafit) nor VAFIT_EXECUTABLE says where vafit is Call Stack' .said
sed -i 's|^include.*|include("'"$TESTS"'/../cmake/Vafit.cmake")|; s/^vafit.*/vafit_check(TARGET program LIMIT 1GiB)\nvafit_fix(TARGET program LIMIT 1GiB)/' bad/CMakeLists.txt
rm -rf bad/out
run cmake -S bad -B bad/out -DVAFIT_EXECUTABLE="$VAFIT"
expect 'included by its path' 0 - ''
run cmake --build bad/out
expect 'a program for another system is not looked at' 0 - ''
echo '{"schema": "vafit.plan/1", "images": []}' >bad/plan.json
rm -rf bad/out
bad 'a plan and a level' 'vafit_link_launcher(PLAN plan.json LEVEL locals)' 'vafit_link_launcher: vafit: --plan tells the level, without --level and --if-needed' -GNinja
rm -rf bad/out
bad 'a plan with make' 'vafit_link_launcher(PLAN plan.json)' "vafit_link_launcher: PLAN needs Ninja: with Unix Makefiles links run in several folders, and a plan's paths are from one" '-GUnix Makefiles'
