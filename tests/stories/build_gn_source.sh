# GN: the build makes vafit itself, for the machine that builds.
. "$(dirname "$0")/../lib/gn.sh"

# The sources that GN knows are those of CMake, and so is the version.
"$TESTS/../scripts/update-gn-sources" "$PWD/wanted"
expect_same 'scripts/update-gn-sources has nothing to add' wanted "$TESTS/../gn/sources.gni"
expect_true 'and the version' grep -qF "VAFIT_VERSION=\\\"$(sed -n 's/^project(vafit VERSION \([0-9.]*\) .*/\1/p' "$TESTS/../CMakeLists.txt")\\\"" "$TESTS/../BUILD.gn"

# A toolchain for this machine, which puts all objects of a target into one folder. Speed of the build before that of
# what it makes.
mkdir build/host
cat >build/host/BUILD.gn <<'GN'
toolchain("host") {
  toolchain_args = {
    current_os = "linux"
    current_cpu = "x64"
  }
  tool("cc") {
    command = "cc -O0 {{defines}} {{include_dirs}} {{cflags}} {{cflags_c}} -c {{source}} -o {{output}}"
    description = "CC {{output}}"
    outputs = [ "{{target_out_dir}}/{{label_name}}/{{source_name_part}}.o" ]
  }
  tool("link") {
    command = "cc {{ldflags}} -o {{root_out_dir}}/{{target_output_name}} {{inputs}} {{libs}}"
    description = "LINK {{target_output_name}}"
    outputs = [ "{{root_out_dir}}/{{target_output_name}}" ]
  }
  tool("stamp") {
    command = "touch {{output}}"
  }
}
GN
# What no compiler but clang for macOS takes is not for this machine.
echo 'config("nothing") {
}' >>build/BUILD.gn
cat >out/args.gn <<'GN'
vafit_from_source = true
vafit_path = "//gone"
vafit_source_toolchain = "//build/host"
vafit_configs_removed = [ "//build:compiler" ]
vafit_configs_added = [ "//build:nothing" ]
GN
run gn -q gen out
expect 'gn gen' 0 '' ''
expect_true 'the check depends on the program' sh -c \
    'gn desc out //app:app__check deps | grep -qxF "//third_party/vafit:vafit(//build/host:host)"'
run gn check out '//third_party/vafit/*(//build/host:host)'
expect 'gn check' 0 'Header dependency check OK' ''
build
expect 'builds, and says nothing' 0 '' ''
expect_same 'it is of this version' <("$VAFIT" --version) <(out/host/vafit --version)
expect_true 'each source is compiled once, not once a toolchain' test "$(grep -c '^CC ' .steps)" = $(($(grep -c '\.c",$' wanted) + 1))
expect_true 'both checks ran by it' test "$(jq -r .verdict out/vafit/app/app__check.check.json out/mac_x64/vafit/app/app__check.check.json | xargs)" = 'fits fits'
build
steps 'nothing changed'
rm out/host/vafit
build
expect_true 'another vafit judges again' test "$(grep -cxF -e "$ARM64" -e "$X64" .steps)" = 2

sed -i '/^vafit_source_toolchain/d' out/args.gn
echo 'host_toolchain = "//build/host"' >>build/BUILDCONFIG.gn
sed -i 's/^set_default_toolchain/# &/' build/BUILDCONFIG.gn
echo 'set_default_toolchain("//build/toolchain:mac_$target_cpu")' >>build/BUILDCONFIG.gn
build
expect 'the toolchain is host_toolchain, where there is one' 0 '' ''
expect_true 'and no program is another one' sh -c '! grep -q "^CC\|^LINK" .steps'

# Targets of the build in place of libraries.
mkdir build/libs
cat >build/libs/BUILD.gn <<'GN'
config("found") {
  libs = [ "jansson", "crypto", "pthread" ]
}
group("libs") {
  public_configs = [ ":found" ]
}
GN
printf '%s\n' 'vafit_libs = []' 'vafit_deps = [ "//build/libs" ]' >>out/args.gn
rm out/host/vafit
gn -q gen out
build
expect 'targets in place of libraries' 0 '' ''
expect_same 'make the same' <("$VAFIT" --version) <(out/host/vafit --version)
