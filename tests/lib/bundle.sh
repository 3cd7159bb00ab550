# An application as build systems make them, of the small real program.

# info FILE NAME [binary]: an Info.plist whose CFBundleExecutable is NAME.
info() {
    mkdir -p "$(dirname "$1")"
    python3 -c 'import plistlib, sys
plistlib.dump({"CFBundleIdentifier": "org.example." + sys.argv[2].replace(" ", "-"), "CFBundleName": "x & y", "CFBundleExecutable": sys.argv[2]},
              open(sys.argv[1], "wb"), fmt=plistlib.FMT_BINARY if sys.argv[3:] else plistlib.FMT_XML)' "$@"
}

# framework ARCH FOLDER NAME OBJECT [OPTION...]: with versions and the links that a framework has.
framework() {
    local arch=$1 folder=$2/$3.framework name=$3 object=$4
    shift 4
    mkdir -p "$folder/Versions/A/Resources"
    ln -s A "$folder/Versions/Current"
    ln -s "Versions/Current/$name" "$folder/$name"
    ln -s Versions/Current/Resources "$folder/Resources"
    info "$folder/Versions/A/Resources/Info.plist" "$name" binary
    link "$arch" -adhoc_codesign -dylib -install_name "@rpath/$name.framework/Versions/A/$name" -o "$folder/Versions/A/$name" \
        "$object" "$@"
}

# plug_in ARCH FOLDER OBJECT [OPTION...]: an MH_BUNDLE that asks the program for what it links.
plug_in() {
    local arch=$1 folder=$2 object=$3
    shift 3
    mkdir -p "$folder/Contents/MacOS"
    info "$folder/Contents/Info.plist" Plug
    link "$arch" -adhoc_codesign -bundle -undefined dynamic_lookup -o "$folder/Contents/MacOS/Plug" "$object" "$@"
}

# app ARCH FOLDER: Thing.app in it: "The Kit.framework" and libright, which load libbase; a helper in Helpers,
# a helper application, and a plug-in that loads libbase by the program's LC_RPATH.
app() {
    local arch=$1 app=$2/Thing.app name kit="The Kit"
    local inside=$app/Contents
    mkdir -p "$inside"/{MacOS,Frameworks,Helpers,PlugIns,Resources} "$2/o"
    for name in base left right main; do compile "$arch" "$2/o/$name.o" "$name.c" || return; done
    info "$inside/Info.plist" Thing
    printf 'a picture\n' >"$inside/Resources/icon.icns"
    link "$arch" -adhoc_codesign -dylib -install_name @rpath/libbase.dylib -o "$inside/Frameworks/libbase.dylib" "$2/o/base.o" &&
        link "$arch" -adhoc_codesign -dylib -install_name @rpath/libright.dylib -o "$inside/Frameworks/libright.dylib" \
            "$2/o/right.o" "$inside/Frameworks/libbase.dylib" &&
        framework "$arch" "$inside/Frameworks" "$kit" "$2/o/left.o" "$inside/Frameworks/libbase.dylib" &&
        link "$arch" -adhoc_codesign -execute -rpath @executable_path/../Frameworks -o "$inside/MacOS/Thing" "$2/o/main.o" \
            "$inside/Frameworks/$kit.framework/$kit" "$inside/Frameworks/libright.dylib" &&
        link "$arch" -adhoc_codesign -execute -rpath @loader_path/../Frameworks -o "$inside/Helpers/worker" "$2/o/main.o" \
            "$inside/Frameworks/$kit.framework/$kit" "$inside/Frameworks/libright.dylib" &&
        helper_app "$arch" "$inside/Helpers/Other.app" "$2/o/main.o" "$inside/Frameworks" &&
        plug_in "$arch" "$inside/PlugIns/Plug.bundle" "$2/o/left.o" "$inside/Frameworks/libbase.dylib"
    rm -r "$2/o"
}

# helper_app ARCH FOLDER OBJECT FRAMEWORKS
helper_app() {
    mkdir -p "$2/Contents/MacOS"
    info "$2/Contents/Info.plist" Other binary
    link "$1" -adhoc_codesign -execute -rpath @executable_path/../../../../Frameworks -o "$2/Contents/MacOS/Other" "$3" \
        "$4/The Kit.framework/The Kit" "$4/libright.dylib"
}
