# link in builds: real programs run the same, and CMake, ninja and make need one word in front of the linker.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"

# images FOLDER: the images in it, without their twins.
images() {
    find "$1" -type f ! -name '*.unstripped' ! -name '*.o' | sort
}

# proven FOLDER: every image is smaller than the twin beside it and means the same.
proven() {
    local image
    for image in $(images "$1"); do
        "$VAFIT" verify -q "$image" --against "$image.unstripped" || return
        [ "$(stat -c %s "$image")" -lt "$(stat -c %s "$image.unstripped")" ] || return
    done
}

for arch in arm64 x86_64; do
    for kind in small cxx throwing linking; do
        LAUNCHER=()
        "${kind}_program" $arch plain || fail "$arch $kind: builds" <<<'the linker failed'
        main=$(for image in $(images plain); do
            [ "$(od -An -j12 -N1 -tu1 "$image" | tr -d ' ')" = 2 ] && basename "$image"
        done)
        run_program $arch plain/$main >before 2>&1
        echo "exit status $?" >>before
        LAUNCHER=("$VAFIT" link --level locals -q --)
        run "${kind}_program" $arch linked
        expect "$arch $kind: builds" 0 '' ''
        run_program $arch linked/$main >after 2>&1
        echo "exit status $?" >>after
        expect_same "$arch $kind: runs the same" before after
        expect_true "$arch $kind: prints something" test "$(wc -l <before)" -gt 1
        expect_true "$arch $kind: every image was shrunk" proven linked
        rm -rf plain linked
    done
done

# A project of a dylib and an executable, for each kind of build.
mkdir -p project sdk/usr/lib
cp "$TESTS/programs/"{base,left,right,main}.c project
cp "$TESTS/programs/libSystem.tbd" sdk/usr/lib
compile arm64 base.o base.c
SDK=$WORK/sdk
CC="clang-19 --target=arm64-apple-macos13 -isysroot $SDK"
LINK="$VAFIT link --level locals -- $CC -fuse-ld=lld"

# built NAME: the last run built `main` and its dylibs in the folder `out`, shrunk, and they run.
built() {
    expect "$1" 0 - ''
    expect_true "$1: what it made runs" test \
        "$(run_program arm64 out/main 2>&1)" = "$(run_program arm64 expected/main 2>&1)"
    expect_true "$1: every image was shrunk" proven_images
}
LAUNCHER=()
small_program arm64 expected
proven_images() {
    local image
    for image in out/main out/libbase.dylib out/libleft.dylib out/libright.dylib; do
        [ -e $image.unstripped ] && "$VAFIT" verify -q $image --against $image.unstripped || return
    done
}

cat >project/CMakeLists.txt <<'CMAKE'
cmake_minimum_required(VERSION 3.21)
project(small C)
set(CMAKE_BUILD_RPATH @loader_path/.)
set(CMAKE_INSTALL_NAME_DIR @rpath)
set(CMAKE_BUILD_WITH_INSTALL_NAME_DIR ON)
add_library(base SHARED base.c)
foreach(name left right)
  add_library(${name} SHARED ${name}.c)
  target_link_libraries(${name} PRIVATE base)
endforeach()
add_executable(main main.c)
target_link_libraries(main PRIVATE left right)
CMAKE
cat >darwin.cmake <<CMAKE
set(CMAKE_SYSTEM_NAME Darwin)
set(CMAKE_SYSTEM_PROCESSOR arm64)
set(CMAKE_C_COMPILER clang-19)
set(CMAKE_C_COMPILER_TARGET arm64-apple-macos13)
set(CMAKE_OSX_SYSROOT $SDK)
set(CMAKE_C_FLAGS_INIT "-g -fno-stack-protector")
set(CMAKE_EXE_LINKER_FLAGS_INIT -fuse-ld=lld)
set(CMAKE_SHARED_LINKER_FLAGS_INIT -fuse-ld=lld)
set(CMAKE_INSTALL_NAME_TOOL llvm-install-name-tool-19)
set(CMAKE_OTOOL llvm-otool-19)
set(CMAKE_USER_MAKE_RULES_OVERRIDE $WORK/rules.cmake)
CMAKE
echo 'set(CMAKE_SHARED_LIBRARY_RUNTIME_C_FLAG "-Wl,-rpath,")' >rules.cmake
for generator in Ninja 'Unix Makefiles'; do
    rm -rf out
    cmake -S project -B out -G "$generator" -DCMAKE_TOOLCHAIN_FILE="$WORK/darwin.cmake" \
        -DCMAKE_C_LINKER_LAUNCHER="$VAFIT;link;--level;locals;--" >.cmake 2>&1 ||
        fail "CMake, $generator: configures" <.cmake
    run cmake --build out
    built "CMake, $generator"
    run cmake --build out
    expect_true "CMake, $generator: nothing is linked a second time" sh -c '! grep -q LINKEDIT "$1"' - "$WORK/.out"
done

# ninja, with the linker's arguments in a response file.
mkdir -p ninja
cat >ninja/build.ninja <<NINJA
rule cc
  command = $CC -g -fno-stack-protector -c \$in -o \$out
rule dylib
  command = $LINK -dynamiclib -install_name @rpath/\$leaf @\$out.rsp
  rspfile = \$out.rsp
  rspfile_content = -o \$out \$in_newline
rule program
  command = $LINK -Wl,-rpath,@loader_path/. @\$out.rsp
  rspfile = \$out.rsp
  rspfile_content = \$in_newline -o \$out
build base.o: cc ../project/base.c
build left.o: cc ../project/left.c
build right.o: cc ../project/right.c
build main.o: cc ../project/main.c
build libbase.dylib: dylib base.o
  leaf = libbase.dylib
build libleft.dylib: dylib left.o libbase.dylib
  leaf = libleft.dylib
build libright.dylib: dylib right.o libbase.dylib
  leaf = libright.dylib
build main: program main.o libleft.dylib libright.dylib
NINJA
rm -rf out && ln -s ninja out
run ninja -C ninja
built 'ninja with response files'
run ninja -C ninja
expect 'ninja: nothing to do the second time' 0 "ninja: Entering directory \`ninja'
ninja: no work to do." ''
cp project/main.c main.c
echo 'int unknown(void); int also(void) { return unknown(); }' >>project/main.c
run ninja -C ninja
expect_true 'ninja: a link that fails, fails the build' test $status = 1
expect_true 'ninja: and leaves no output' test ! -e ninja/main
cp main.c project/main.c
run ninja -C ninja
built 'ninja: and the next build makes it again'

mkdir -p make
cat >make/Makefile <<MAKE
CC = $CC
LINK = $LINK
CFLAGS = -g -fno-stack-protector
VPATH = ../project
main: main.o libleft.dylib libright.dylib
	\$(LINK) -Wl,-rpath,@loader_path/. \$^ -o \$@
libleft.dylib libright.dylib: libbase.dylib
lib%.dylib: %.o
	\$(LINK) -dynamiclib -install_name @rpath/\$@ \$^ -o \$@
MAKE
rm out && ln -s make out
run make -s -C make
built 'make'
run make -s -C make
expect 'make: nothing to do the second time' 0 '' ''

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
