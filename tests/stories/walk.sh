# The walk: which images a program loads, and in which order, as dyld does.
# Labels: quick
. "$(dirname "$0")/../lib/walk.sh"

# All that an image names is loaded before anything that those name, and then each one's in turn.
dylib order/liba.dylib @rpath/liba.dylib --load @rpath/libc.dylib --load @rpath/libd.dylib
dylib order/libb.dylib @rpath/libb.dylib --load @rpath/libe.dylib
dylib order/libc.dylib @rpath/libc.dylib --load @rpath/libf.dylib
for name in d e f; do dylib order/lib$name.dylib @rpath/lib$name.dylib; done
image order/main --rpath @loader_path/. --load @rpath/liba.dylib --load @rpath/libb.dylib
order 'children of the executable first, then depth first over children' \
    'order/main order/liba.dylib order/libb.dylib order/libc.dylib order/libd.dylib order/libf.dylib order/libe.dylib' \
    order/main
run jq -r '.programs[0].images[] | "\(.path) \(.loaded_by)"' <(cat .out)
run "$VAFIT" check order/main --format json
jq -r '.programs[0].images[].loaded_by' .out | tr '\n' ' ' >.by
expect_true 'loaded_by is the image that asked first' test "$(cat .by)" = \
    'null order/main order/main order/liba.dylib order/liba.dylib order/libc.dylib order/libb.dylib '

# Every command that loads a dylib, in command order.
for name in load weak reexport upward lazy use; do
    dylib kinds/lib$name.dylib @loader_path/lib$name.dylib
done
image kinds/main --use @loader_path/libuse.dylib:0 --lazy @loader_path/liblazy.dylib \
    --upward @loader_path/libupward.dylib --reexport @loader_path/libreexport.dylib \
    --weak @loader_path/libweak.dylib --load @loader_path/libload.dylib
order 'all kinds of load command count, in command order' \
    'kinds/main kinds/libuse.dylib kinds/liblazy.dylib kinds/libupward.dylib kinds/libreexport.dylib kinds/libweak.dylib kinds/libload.dylib' \
    kinds/main

# @rpath: the LC_RPATHs of the asking image first, then those of its loaders up to the executable.
dylib rpath/far/libx.dylib @rpath/libx.dylib
dylib rpath/near/libx.dylib @rpath/libx.dylib
dylib rpath/lib/liba.dylib @rpath/liba.dylib --rpath @loader_path/../near --load @rpath/libx.dylib
dylib rpath/lib/libb.dylib @rpath/libb.dylib --load @rpath/liby.dylib
dylib rpath/far/liby.dylib @rpath/liby.dylib
image rpath/bin/main --rpath @executable_path/../lib --rpath @executable_path/../far \
    --load @rpath/liba.dylib --load @rpath/libb.dylib
order 'LC_RPATHs of the asking image come first, its loaders after it' \
    'rpath/bin/main rpath/lib/liba.dylib rpath/lib/libb.dylib rpath/near/libx.dylib rpath/far/liby.dylib' \
    rpath/bin/main

# What is loaded under an install name satisfies everyone who asks for that name.
dylib name/one/libn.dylib @rpath/libn.dylib
dylib name/two/libn.dylib @rpath/libn.dylib
dylib name/two/libm.dylib @rpath/libm.dylib --rpath @loader_path --load @rpath/libn.dylib
image name/main --rpath @loader_path/one --rpath @loader_path/two \
    --load @rpath/libn.dylib --load @rpath/libm.dylib
order 'an install name that is loaded is not searched for again' \
    'name/main name/one/libn.dylib name/two/libm.dylib' name/main

# One file counts once, whatever leads to it.
dylib same/real.dylib @rpath/real.dylib
ln -s real.dylib same/link.dylib
ln same/real.dylib same/hard.dylib
ln -s ../same same/again
image same/main --rpath @loader_path --load @rpath/link.dylib --load @rpath/hard.dylib \
    --load @loader_path/../same/real.dylib --load @loader_path/again/again/real.dylib \
    --load @loader_path/./real.dylib
order 'symbolic links, hard links and other spellings lead to one image' \
    'same/main same/real.dylib' same/main
ln -s ../order/main same/program
order 'an executable that is a symbolic link loads from where it leads' \
    'order/main order/liba.dylib order/libb.dylib order/libc.dylib order/libd.dylib order/libf.dylib order/libe.dylib' \
    same/program

# ".." after a symbolic link to a folder goes where the file system says.
mkdir -p links/deep/inner
dylib links/deep/libup.dylib @rpath/libup.dylib
ln -s deep/inner links/short
image links/main --load @loader_path/short/../libup.dylib
order '".." after a linked folder is the parent of what it leads to' \
    'links/main links/short/../libup.dylib' links/main

# Cycles end.
dylib cycle/liba.dylib @rpath/liba.dylib --load @rpath/libb.dylib
dylib cycle/libb.dylib @rpath/libb.dylib --load @rpath/liba.dylib --load @rpath/libb.dylib
image cycle/main --rpath @loader_path --load @rpath/liba.dylib
order 'dylibs that load each other are loaded once' 'cycle/main cycle/liba.dylib cycle/libb.dylib' \
    cycle/main

# Inserted images are loaded before the executable's own.
dylib insert/libi.dylib @rpath/libi.dylib --load @rpath/libj.dylib
dylib insert/libj.dylib @rpath/libj.dylib
dylib insert/libk.dylib @rpath/libk.dylib
image insert/main --rpath @loader_path --load @rpath/libk.dylib
order 'inserted images come first, what they load last' \
    'insert/main insert/libi.dylib insert/libk.dylib insert/libj.dylib' \
    insert/main --insert insert/libi.dylib

# A dylib may be the root: an empty program is thought to load it.
order 'a dylib as the root is the first of its images' \
    'rpath/lib/liba.dylib rpath/near/libx.dylib' rpath/lib/liba.dylib

# Universal files: each slice loads its own kind.
for arch in arm64 x86_64; do
    dylib uni/$arch/libu.dylib @rpath/libu.dylib --arch $arch
    image uni/$arch/main --arch $arch --rpath @loader_path --load @rpath/libu.dylib
done
"$MAKE_MACHO" universal --out uni/main uni/arm64/main uni/x86_64/main
"$MAKE_MACHO" universal --fat64 --out uni/libu.dylib uni/x86_64/libu.dylib uni/arm64/libu.dylib
run "$VAFIT" check uni/main --format json
expect_true 'a universal file is judged slice by slice' test \
    "$(jq -c '[.programs[] | select(.profile == "macos-26") | [.arch, .image_count]]' .out)" = '[["arm64",2],["x86_64",2]]'
run "$VAFIT" check uni/main --format json --arch x86_64
expect_true '--arch takes one slice' test "$(jq -c '[.programs[] | select(.profile == "macos-26") | .arch]' .out)" = '["x86_64"]'
run "$VAFIT" check uni/main --arch arm64e
expect 'a slice that is not there' 3 '' 'vafit: uni/main: no arm64e slice, only arm64, x86_64'
