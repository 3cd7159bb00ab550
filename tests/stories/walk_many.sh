# Many programs in one run: each is what it is alone, whatever the others made of the same names.
# Labels: quick
. "$(dirname "$0")/../lib/walk.sh"

# by_name FILE: a list of programs, sorted.
by_name() {
    jq -s 'sort_by([.executable, .profile])[]' "$1" >"$1.sorted"
}
# together NAME PROGRAM...: the programs in one run, and in the reverse order, against each in one of its own.
together() {
    local name=$1 program back=()
    shift
    for program; do back=("$program" "${back[@]}"); done
    for program; do "$VAFIT" check "$program" --format json; done 2>.err | jq '.programs[]' >.alone
    "$VAFIT" check "$@" --format json 2>>.err | jq '.programs[]' >.together
    expect_same "$name" .alone .together
    "$VAFIT" check "${back[@]}" --format json 2>>.err | jq '.programs[]' >.together
    by_name .alone
    by_name .together
    expect_same "$name, the last first" .alone.sorted .together.sorted
    expect_true "$name: programs are judged" test -s .alone
}

# All three ask for one dylib, which asks for another by @rpath: whose LC_RPATHs count is the programs' affair.
dylib rpaths/lib/libshared.dylib @rpath/libshared.dylib --load @rpath/libx.dylib
dylib rpaths/one/libx.dylib @rpath/libx.dylib
dylib rpaths/two/libx.dylib @rpath/libx.dylib
image rpaths/a --rpath @loader_path/lib --rpath @loader_path/one --load @rpath/libshared.dylib
image rpaths/b --rpath @loader_path/lib --rpath @loader_path/two --load @rpath/libshared.dylib
image rpaths/c --rpath @loader_path/lib --load @rpath/libshared.dylib
image rpaths/d --rpath @loader_path/two --rpath @loader_path/lib --rpath @loader_path/two --load @rpath/libshared.dylib
together 'LC_RPATHs of the chain' rpaths/a rpaths/b rpaths/c rpaths/d
order 'and the second program has its own' 'rpaths/b rpaths/lib/libshared.dylib rpaths/two/libx.dylib' rpaths/b

# An LC_RPATH that is not absolute, whatever its text begins with, means no absolute one.
dylib texts/lib/libx.dylib @rpath/libx.dylib
image texts/a --rpath "$PWD/texts/lib" --load @rpath/libx.dylib
image texts/b --rpath "absolute $PWD/texts/lib" --load @rpath/libx.dylib
image texts/c --rpath "on disk $PWD/texts/lib" --load @rpath/libx.dylib
together 'the texts of LC_RPATHs' texts/a texts/b texts/c
expect_true 'only the absolute one leads there' test "$("$VAFIT" check texts/a texts/b texts/c --format json 2>.err |
    jq -c '[.programs[] | select(.profile == "macos-26") | .images | length]')" = '[2,1,1]'

# The chain to the same dylib goes through others, whose LC_RPATHs come before the program's.
dylib chain/lib/libend.dylib @rpath/libend.dylib --load @rpath/libx.dylib
dylib chain/lib/libnear.dylib @rpath/libnear.dylib --rpath @loader_path/../near --load @rpath/libend.dylib
dylib chain/near/libx.dylib @rpath/libx.dylib
dylib chain/far/libx.dylib @rpath/libx.dylib
image chain/a --rpath @loader_path/lib --rpath @loader_path/far --load @rpath/libnear.dylib
image chain/b --rpath @loader_path/lib --rpath @loader_path/far --load @rpath/libend.dylib
together 'the loaders on the way' chain/a chain/b

# @executable_path, in a name and in an LC_RPATH of a dylib; @loader_path of dylibs in two folders.
dylib places/lib/libasks.dylib @rpath/libasks.dylib --rpath @executable_path/own --load @rpath/libown.dylib \
    --load @executable_path/own/libmore.dylib
for folder in one two; do
    dylib places/$folder/own/libown.dylib @rpath/libown.dylib
    dylib places/$folder/own/libmore.dylib @rpath/libmore.dylib --load @loader_path/libbeside.dylib
    dylib places/$folder/own/libbeside.dylib @loader_path/libbeside.dylib
    image places/$folder/main --rpath @loader_path/../lib --load @rpath/libasks.dylib
    image places/$folder/plain --rpath places/lib --load @rpath/libasks.dylib
done
image places/main --rpath @loader_path/lib --load @rpath/libasks.dylib
together 'the folders of executable and loader' places/one/main places/two/main places/one/plain places/two/plain \
    places/main

# A path at which nothing is can be the install name of an image that one of the programs loads.
dylib names/lib/libreal.dylib names/gone/libx.dylib
dylib names/later/libx.dylib @rpath/libx.dylib
image names/a --rpath names/gone --rpath names/later --load @rpath/libx.dylib
image names/b --rpath names/gone --rpath names/later --load @loader_path/lib/libreal.dylib --load @rpath/libx.dylib
together 'what is loaded under the path already' names/a names/b

# A file that one program can load and another cannot.
dylib kinds/both/libx.dylib @rpath/libx.dylib
dylib kinds/intel/libx.dylib @rpath/libx.dylib --arch x86_64
for arch in arm64 x86_64; do
    image kinds/$arch --arch $arch --rpath @loader_path/both --rpath @loader_path/intel --load @rpath/libx.dylib
done
image kinds/phone --rpath @loader_path/both --load @rpath/libx.dylib
python3 - kinds/phone <<'P'
import struct, sys
data = bytearray(open(sys.argv[1], 'rb').read())
at = 32
for _ in range(struct.unpack_from('<I', data, 16)[0]):
    command, size = struct.unpack_from('<II', data, at)
    if command == 0x32: # LC_BUILD_VERSION
        struct.pack_into('<I', data, at + 8, 2) # iOS
    at += size
open(sys.argv[1], 'wb').write(data)
P
together 'architectures and platforms' kinds/arm64 kinds/x86_64 kinds/phone

# System images are found in the shared cache by all, unless a program finds them on disk first.
dylib system/lib/libSystem.B.dylib @rpath/libSystem.B.dylib
for name in a b c; do
    image system/$name --rpath @loader_path/none --rpath /usr/lib/swift --load /usr/lib/libSystem.B.dylib \
        --load @rpath/libswiftCore.dylib $([ $name != b ] || echo --weak @rpath/libabsent.dylib)
done
together 'the shared cache' system/a system/b system/c
