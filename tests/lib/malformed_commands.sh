# Images with load commands of every kind.
. "$(dirname "${BASH_SOURCE[0]}")/malformed.sh"

# Names of 17 characters: their commands have 48 bytes, as LC_DYLD_INFO has; the last has 80, as
# LC_DYSYMTAB has.
long=@rpath/$(printf '%038d' 0).dylib
make_executable ../good/a --load @rpath/liba.dylib --load @rpath/libb.dylib --load "$long" \
    --rpath @loader_path
make_dylib ../good/liba.dylib --id @rpath/liba.dylib --load @rpath/libb.dylib
"$MAKE_MACHO" image --out ../good/plugin.so --type bundle --load @rpath/liba.dylib

good=../good/a
