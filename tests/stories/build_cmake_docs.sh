# CMake and Bazel: the pages say what is so. What docs/cmake.md shows is printed, the commands of the example do what its
# page says, and each message that a page explains is one that a test has seen.
. "$(dirname "$0")/../lib/cmake.sh"
. "$TESTS/lib/page.sh"

project shown
sed -i 's/vafit_check(TARGET shapes LIMIT ${LIMIT})/vafit_check(TARGET shapes LIMIT 16)/' shown/CMakeLists.txt
configure shown Ninja arm64 >printed 2>&1
expect_true 'a limit without unit: the project is not configured' test ! -e shown/out/build.ninja
# Where vafit is installed, and the lines of its file, are not the page's.
sed -i -E "s|^(CMake Error at \|  )/.*/Vafit.cmake:[0-9]+|\1.../Vafit.cmake:N|; s|(CMakeLists.txt):[0-9]+|\1:N|" printed
block docs/cmake.md 'CMake Error at' | sed -E 's/(Vafit.cmake|CMakeLists.txt):[0-9]+/\1:N/' >wanted
shows 'a limit without unit' wanted printed

# The commands of the example's page, in a copy of the example.
project example
cd example || exit
export vafit_ROOT="$PREFIX"
sed -n 's/^    cmake -B out -Dvafit_ROOT=PREFIX --toolchain darwin.cmake$/&/p' README.md | sed "s|PREFIX|\"$PREFIX\"|" >configure
sh configure >.out 2>&1 && cmake --build out >>.out 2>&1 || fail "on Linux" <.out
expect_true 'the report is where the page says' test -s "$(sed -n 's/^The report is `\(.*\)`. Three.*/\1/p' README.md)"
# tries TEXT: runs the row of the table of things to try that begins so; its output is in `printed`.
tries() {
    sed -n "s/^| \`\(cmake -B out $1[^\`]*\)\` |.*/\1/p" README.md >row
    expect_true "the page has $1" test -s row
    run sh row
    cat "$WORK/.out" "$WORK/.err" >printed
    return $status
}
tries -DLIMIT=10GiB
expect_true 'a limit that is too low fails the build' test $? != 0 -a "$(grep -c 'error: image-sum: ' printed)" = 1
block docs/cmake.md 'bin/shapes (arm64)' | grep -v '\[\.\.\.\]' >wanted
shows 'and says what docs/cmake.md shows' wanted printed
tries '-DLIMIT=10486000KiB'
expect_true 'a fixed copy is where the page says' test -x out/vafit-fix-shapes/files/shapes
rm -r out
sh configure >/dev/null 2>&1
tries -DSHRINK_LINKS=ON
expect_true 'links are shrunk' test -e out/bin/shapes.unstripped
grep -o 'vafit_ROOT=PREFIX cmake --preset .*' README.md | sed "s|PREFIX|\"$PREFIX\"|" >preset
run sh preset
expect 'by a preset' 0 - ''
cd ..

# known PAGE STORY...: each message of the page, X, R, N, P and LABEL being anything, is in the stories.
known() {
    local page=$1
    shift
    messages "$page" | sed -E 's/[][*.^$()\/"]/\\&/g; s/\\"X\\"/.*/g; s/^(LABEL: |@R: )//; s/(^| )[XRNP]( |$|:)/\1.*\2/g; s/(TYPE|"16")/.*/g; s/\\"16\\"/.*/' >patterns
    while read -r pattern; do cat "$@" | tr -s '\\' ' ' | grep -qE -- "$pattern" || echo "$pattern"; done <patterns >unknown
    expect_true "$page has messages" test "$(wc -l <patterns)" -ge 6
    expect_same "$page: each message is one that a test has seen" /dev/null unknown
}
known docs/cmake.md "$TESTS"/stories/build_cmake_refused.sh
known docs/bazel.md "$TESTS"/stories/build_bazel_*.sh "$TESTS/large/bazel_tool.sh"
