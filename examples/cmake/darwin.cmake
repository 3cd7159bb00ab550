# A toolchain file: builds for macOS on Linux with clang-19 and ld64.lld-19. On a Mac leave it out.
#
# DARWIN_ARCH is arm64 (default) or x86_64. Where no SDK of Apple's is at hand, sdk/ has as much of one as this
# program needs; -DCMAKE_OSX_SYSROOT=PATH takes another.

set(DARWIN_ARCH arm64 CACHE STRING "arm64 or x86_64")
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES DARWIN_ARCH)
set(CMAKE_SYSTEM_NAME Darwin)
set(CMAKE_SYSTEM_PROCESSOR ${DARWIN_ARCH})
set(CMAKE_CXX_COMPILER clang++-19)
set(CMAKE_CXX_COMPILER_TARGET ${DARWIN_ARCH}-apple-macos13)
set(CMAKE_OSX_SYSROOT ${CMAKE_CURRENT_LIST_DIR}/sdk CACHE PATH "The SDK")
# Packages come from the SDK alone; vafit is found all the same.
set(CMAKE_FIND_ROOT_PATH ${CMAKE_OSX_SYSROOT})
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(CMAKE_CXX_FLAGS_INIT "-nostdinc++ -fno-exceptions -fno-stack-protector")
set(CMAKE_EXE_LINKER_FLAGS_INIT "-fuse-ld=lld -nostdlib -lSystem")
set(CMAKE_SHARED_LINKER_FLAGS_INIT "-fuse-ld=lld -nostdlib -lSystem")
set(CMAKE_INSTALL_NAME_TOOL llvm-install-name-tool-19)
set(CMAKE_OTOOL llvm-otool-19)

# Without this CMake leaves LC_RPATH out when it builds for macOS elsewhere.
set(CMAKE_USER_MAKE_RULES_OVERRIDE ${CMAKE_CURRENT_LIST_DIR}/darwin-rules.cmake)
