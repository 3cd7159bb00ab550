# GN: the pages say what is so: each is run, and what it shows is what is printed.
. "$(dirname "$0")/../lib/gn_driver.sh"
. "$TESTS/lib/page.sh"

# docs/gn.md: the template, with what stands for the rest of an executable; then the program that does not fit.
rm -r build/toolchain
cp -r "$ROOT/examples/gn/build/toolchain" build
cp "$ROOT/examples/gn/BUILD.gn" .
block docs/gn.md 'import("//third_party' | sed 's/^ *\.\.\.$/forward_variables_from(invoker, "*", [ "testonly" ]) testonly = true/' >build/test.gni
sed 's|//build/program.gni|//build/test.gni|; s/^program(/test(/' app/BUILD.gn >plain
cp plain app/BUILD.gn
sed -i 's/group("default") {/&\n  testonly = true/' BUILD.gn
generate 'vafit_limit = "10GiB"'
ninja -C out -k 0 >printed 2>&1
sed -i 's/^FAILED: \[code=1\] /FAILED: /; s/^\(FAILED: .*\.verdict\) *$/\1/' printed
block docs/gn.md 'FAILED: ' >shown
shows 'docs/gn.md: the program that does not fit' shown printed
generate
ninja -C out app:app__check >printed 2>&1
expect_true 'docs/gn.md: ninja -C out app:app__check' test -e out/vafit/app/app__check.verdict
generate 'vafit_mode = "fix"'
build
run_program arm64 out/app >expected
run_program arm64 "$(sed -n 's/^ *\(out\/vafit\/[^ ]*\)$/\1/p' "$ROOT/docs/gn.md")" >found
expect_same 'docs/gn.md: what vafit_mode = "fix" makes, run where the page says' expected found

generate
sed -i 's/    executable = ":$_executable"/&\n    limit = "16"/' build/test.gni
gn gen out >printed 2>&1
block docs/gn.md '//app:app__check (vafit_check)' >shown
shows 'docs/gn.md: a limit without unit' shown printed
sed -i '/    limit = "16"/d' build/test.gni
rm third_party/vafit && mkdir third_party/vafit && ln -s "$ROOT/gn" third_party/vafit/gn
echo >out/args.gn
gn -q gen out
ninja -C out app:app__check >printed 2>&1
block docs/gn.md 'ninja: error' | sed 's|third_party/vafit/build/vafit|BUILD|' >shown
sed -i "s|'[^']*/build/vafit'|'../BUILD'|" printed
shows 'docs/gn.md: no vafit' shown printed

# gn/README.md: what targets say; examples/gn/README.md: what can be tried.
rm -r third_party/vafit && ln -s "$ROOT" third_party/vafit
cp plain app/BUILD.gn
{
    printf 'executable("browser_tests") {\n  testonly = true\n  sources = [ "app.cc" ]\n'
    block gn/README.md 'if (vafit_has_validations)'
    echo '}'
    block gn/README.md 'import("//third_party/vafit/gn/vafit.gni")'
} >>app/BUILD.gn
sed -n 's/^| `\(gn gen out --args=[^`]*\)` |.*/\1/p' "$ROOT/examples/gn/README.md" >tries
expect_true 'examples/gn: three things to try' test "$(wc -l <tries)" = 3
while read -r try; do
    run bash -c "$try -q"
    expect "examples/gn: $try" 0 '' ''
done <tries

# gn/chromium/README.md: the lines to add, in the files of tests/gn.
for text in sys.path.append "('vafit,'" 'import("//third_party'; do
    block gn/chromium/README.md "$text" | while read -r line; do
        expect_true "gn/chromium: ${line:0:40}" grep -rqF -- "$line" "$TESTS/gn/toolchain"
    done
done
block gn/chromium/README.md "('vafit,', lambda argument, full_args" >row
expect_true 'gn/chromium: a row for functions' python3 -c '
import types
asked = []
vafit_driver = types.SimpleNamespace(shrink=lambda *arguments: asked.append(arguments))
_FindLinkerOutput = lambda arguments: arguments[-1]
(name, action), = eval("[" + open("row").read() + "]")
action("locals,0,vafit", ["-o", "a"])
assert (name, asked) == ("vafit,", [("locals,0,vafit", "a")])'
for line in 'link_command += vafit_solink_driver_args' 'command += vafit_link_driver_args'; do
    expect_true "gn/chromium: $line" sh -c 'grep -qF "$1" "$2" && grep -rqF "$1" "$3"' - "$line" "$ROOT/gn/chromium/README.md" "$TESTS/gn/toolchain"
done
# Its messages are those of other stories, to the letter.
for page in docs/gn.md gn/README.md gn/chromium/README.md; do
    for text in 'vafit_solink_level "symbols"' 'vafit_link_level and' 'ValueError'; do
        message=$(block $page "$text" | head -1)
        [ -z "$message" ] || expect_true "$page: $text" grep -rqF -- "$message" "$TESTS/stories" --include='build_gn_[!d]*'
    done
    for name in $(grep -ohw 'vafit_[a-z_]*[a-z]' "$ROOT/$page" | sort -u); do
        expect_true "$page: there is $name" grep -qw -- "$name" "$ROOT/BUILD.gn" "$ROOT"/gn/*.gni "$ROOT/gn/chromium/vafit_driver.py" "$ROOT/gn/README.md"
    done
done
# gn/README.md has each argument of the build.
sed -n '/^declare_args/,/^}/ s/^  \(vafit_[a-z_]*\) = .*/\1/p' "$ROOT"/gn/*.gni "$ROOT/BUILD.gn" | while read -r name; do
    expect_true "gn/README.md has $name" grep -q "^|.*\`$name\`" "$ROOT/gn/README.md"
done
