# Programs of small images in bin/.
. "$(dirname "${BASH_SOURCE[0]}")/malformed.sh"

# library NAME [NAME...] and program NAME [NAME...]: an image in bin/ that loads these from beside it.
library() {
    local loads=("${@:2}")
    loads=("${loads[@]/#/--load=@rpath/}")
    make_dylib "bin/$1" --id "@rpath/$1" --load /usr/lib/libSystem.B.dylib "${loads[@]}"
}

program() {
    local loads=("${@:2}")
    loads=("${loads[@]/#/--load=@rpath/}")
    make_executable "bin/$1" --rpath @loader_path --load /usr/lib/libSystem.B.dylib "${loads[@]}"
}

# images NAME COUNT FILE: check finds the program well, with that many images.
images() {
    run "$VAFIT" check "$3" --format json
    expect "$1" 0 - ''
    expect_true "$1: the count of images" grep -q "\"image_count\": $2," "$WORK/.out"
}
