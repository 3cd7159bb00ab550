# GN: a build is generated before vafit is there; only ninja needs it.
. "$(dirname "$0")/../lib/gn.sh"

# away ARGUMENT...: the folder out, with a vafit_path where a vafit may come.
away() {
    printf '%s\n' 'vafit_path = "//tool"' 'vafit_has_validations = false' "$@" >out/args.gn
    run gn -q gen out
}
away
expect 'checks: gn gen' 0 '' ''
run ninja -C out
expect_true 'checks: ninja misses it' grep -qE "^ninja: error: '../tool', needed by '.*', missing and no known rule to make it" .err .out
cp "$VAFIT" tool
build
expect 'checks: when it has come, without gn gen' 0 '' ''
build
steps 'checks: after that, nothing'
touch tool
build
steps 'checks: another vafit judges again, and links nothing' "$ARM64" "$X64"

rm -r out tool && mkdir out
away 'vafit_link_level = "locals"' 'vafit_solink_level = "locals"'
expect 'links: gn gen' 0 '' ''
build app
expect_true 'links: ninja misses it' grep -q '\.\./tool: not found' .out
cp "$VAFIT" tool
build
expect 'links: when it has come, without gn gen' 0 '' ''
expect_true 'links: they are shrunk' "$VAFIT" verify -q out/libshapes.dylib --against out/libshapes.dylib.unstripped
build
steps 'links: after that, nothing'
gn -q gen out
build
expect_true 'links: the next gn gen sees it, and they are linked again' test "$(grep -c 'LINK ' .steps)" = 6
build
steps 'links: after that, nothing again'
rm tool
run gn -q gen out
expect 'links: gone again: gn gen' 0 '' ''
