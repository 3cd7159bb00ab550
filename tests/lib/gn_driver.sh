# A build that links by a driver, as large projects do: the example with the toolchain of tests/gn.
. "$(dirname "${BASH_SOURCE[0]}")/gn.sh"

rm -r build/toolchain
cp -r "$TESTS/gn/toolchain" build
printf 'group("default") {\n  deps = [ "//app", "//app:app__check" ]\n}\n' >BUILD.gn
# A vafit of its own, which a test can take away.
cp "$VAFIT" tool
# driven ARGUMENT...: the folder out, by these lines of args.gn; only arm64, and the program without its check.
driven() {
    printf '%s\n' 'vafit_path = "//tool"' 'vafit_has_validations = false' "$@" >out/args.gn
    gn -q gen out >.gn_says 2>&1 || fail "gn gen: $*" <.gn_says
}
# linked NAME: the last build of app said nothing.
linked() {
    expect "$1: builds, and says nothing" 0 '' ''
}
