# link in builds: GN needs one word in front of the linker.
. "$(dirname "$0")/../lib/link_builds.sh"

if ! command -v gn >/dev/null; then
    skip 'GN' 'there is no gn'
    exit
fi
mkdir -p gn/toolchain
cp project/*.c gn
echo 'buildconfig = "//BUILDCONFIG.gn"' >gn/.gn
echo 'set_default_toolchain("//toolchain:darwin")' >gn/BUILDCONFIG.gn
cat >gn/BUILD.gn <<'GN'
shared_library("base") {
  sources = [ "base.c" ]
}
foreach(name, [ "left", "right" ]) {
  shared_library(name) {
    sources = [ "$name.c" ]
    deps = [ ":base" ]
  }
}
executable("main") {
  sources = [ "main.c" ]
  ldflags = [ "-Wl,-rpath,@loader_path/." ]
  deps = [ ":left", ":right" ]
}
GN
cat >gn/toolchain/BUILD.gn <<GN
toolchain("darwin") {
  tool("cc") {
    command = "$CC -g -fno-stack-protector -c {{source}} -o {{output}}"
    outputs = [ "{{source_out_dir}}/{{target_output_name}}.{{source_name_part}}.o" ]
  }
  tool("solink") {
    output = "{{root_out_dir}}/{{target_output_name}}.dylib"
    command = "$LINK -dynamiclib -install_name @rpath/{{target_output_name}}.dylib -o \"\$output\" @\"\$output.rsp\""
    rspfile = "{{output}}.rsp"
    rspfile_content = "{{inputs}} {{solibs}} {{ldflags}}"
    output_prefix = "lib"
    outputs = [ output ]
    link_output = output
    depend_output = output
  }
  tool("link") {
    output = "{{root_out_dir}}/{{target_output_name}}"
    command = "$LINK {{ldflags}} -o \"\$output\" {{inputs}} {{solibs}}"
    outputs = [ output ]
  }
  tool("stamp") {
    command = "touch {{output}}"
  }
}
GN
rm -f out
gn gen --root=gn out >.gn 2>&1 || fail 'GN: generates' <.gn
run ninja -C out
built 'GN'
