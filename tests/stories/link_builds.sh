# link in builds: CMake, ninja and make need one word in front of the linker.
. "$(dirname "$0")/../lib/link_builds.sh"

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
rm -f out && ln -s make out
run make -s -C make
built 'make'
run make -s -C make
expect 'make: nothing to do the second time' 0 '' ''
