# The walk: frameworks, system images, and names that are looked up elsewhere.
# Labels: quick
. "$(dirname "$0")/../lib/walk.sh"

# Frameworks are dylibs in folders, most often after symbolic links.
dylib fw/F.framework/Versions/A/F @rpath/F.framework/Versions/A/F
ln -s A fw/F.framework/Versions/Current
ln -s Versions/Current/F fw/F.framework/F
image fw/main --rpath @executable_path --load @rpath/F.framework/F
order 'a framework is found through its links' 'fw/main fw/F.framework/Versions/Current/F' fw/main
image fw/lost --load /Library/Frameworks/F.framework/Versions/A/F
order 'a framework is searched for by its last part' 'fw/lost fw/F.framework/Versions/A/F' \
    fw/lost --search fw

# System images cost nothing, unless the sysroot has them.
image system/main --load /usr/lib/libobjc.A.dylib --load /System/Library/Frameworks/AppKit.framework/AppKit
order 'system images are in the shared cache' 'system/main' system/main
expect_true 'and are counted' test "$(jq .programs[0].system_image_count .out)" = 2
dylib system/root/usr/lib/libobjc.A.dylib /usr/lib/libobjc.A.dylib
order 'one that lies below the sysroot is an image' \
    'system/main system/root/usr/lib/libobjc.A.dylib' system/main --sysroot system/root
rm system/root/usr/lib/libobjc.A.dylib
printf -- '--- !tapi-tbd\n' >system/root/usr/lib/libobjc.A.dylib
order 'a text-based stub below the sysroot is none' 'system/main' system/main --sysroot system/root
image system/swift --rpath /usr/lib/swift --rpath @loader_path --load @rpath/libswiftCore.dylib
order 'an @rpath into /usr/lib/swift is a system image' system/swift system/swift
dylib system/opt/local/libz.dylib /local/libz.dylib
image system/abs --load /local/libz.dylib
order 'absolute names are looked up below the sysroot' 'system/abs system/opt/local/libz.dylib' \
    system/abs --sysroot system/opt
