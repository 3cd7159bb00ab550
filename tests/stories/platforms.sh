# Dylibs of another platform are passed over, as by dyld; LC_DYLD_ENVIRONMENT is named.
# Labels: quick
. "$(dirname "$0")/../lib/story.sh"

# built FILE PLATFORM: makes the image one of that platform; 0 takes its LC_BUILD_VERSION away.
built() {
    python3 - "$1" "$2" <<'P'
import struct, sys
path, platform = sys.argv[1], int(sys.argv[2])
data = bytearray(open(path, 'rb').read())
at = 32
for _ in range(struct.unpack_from('<I', data, 16)[0]):
    command, size = struct.unpack_from('<II', data, at)
    if command == 0x32:
        struct.pack_into('<I', data, at + 8, platform)
        if platform == 0:
            struct.pack_into('<I', data, at, 0x2a)
    at += size
open(path, 'wb').write(data)
P
}

mkdir -p first second
"$MAKE_MACHO" image --out first/liba.dylib --type dylib --id @rpath/liba.dylib --text 16384 --symbols 8
cp first/liba.dylib second/liba.dylib
"$MAKE_MACHO" image --out main --text 16384 --symbols 8 --rpath @loader_path/first --rpath @loader_path/second \
    --load @rpath/liba.dylib
cp main original
for platform in 2 6 7 10 11 12; do
    built first/liba.dylib $platform
    run "$VAFIT" why main liba.dylib
    expect_true "platform $platform is passed over for macOS" grep -q '^second/liba.dylib in main' .out
done
for platform in 0 1; do
    built first/liba.dylib $platform
    cp second/liba.dylib first/liba.dylib
    built first/liba.dylib $platform
    run "$VAFIT" why main liba.dylib
    expect_true "platform $platform is taken for macOS" grep -q '^first/liba.dylib in main' .out
done
built first/liba.dylib 7
cp first/liba.dylib second/liba.dylib
run "$VAFIT" check main
expect_true 'the report says what was wrong with it' \
    grep -q 'first/liba.dylib (built for iOS Simulator, not for macOS)' .out
expect 'and the dylib is missing' 3 - ''
built main 7
run "$VAFIT" check main -q
expect 'a program of that platform takes it' 0 '' ''

# The same from facts.
cp original main
"$VAFIT" scan main first/liba.dylib second/liba.dylib -o facts.json
run "$VAFIT" check main -q --facts facts.json
expect 'facts know the platform' 3 - ''
python3 - <<'P'
import json
facts = json.load(open('facts.json'))
for image in facts['images']:
    for slice in image['slices']:
        del slice['platform'], slice['environment']
json.dump(facts, open('former.json', 'w'))
P
run "$VAFIT" check main -q --facts former.json
expect 'those of former versions are of any' 0 '' ''

# An LC_DYLD_ENVIRONMENT in place of LC_UUID, whose 24 bytes it takes.
"$MAKE_MACHO" image --out plain --text 16384 --symbols 8
python3 - plain <<'P'
import struct, sys
data = bytearray(open(sys.argv[1], 'rb').read())
at = 32
for _ in range(struct.unpack_from('<I', data, 16)[0]):
    command, size = struct.unpack_from('<II', data, at)
    if command == 0x1b:
        data[at:at + 24] = struct.pack('<III', 0x27, 24, 12) + b'DYLD_X_PATH\0'
    at += size
open(sys.argv[1], 'wb').write(data)
P
run "$VAFIT" check plain -q
expect 'LC_DYLD_ENVIRONMENT is named' 0 '' 'vafit: plain: LC_DYLD_ENVIRONMENT DYLD_X_PATH is not followed; dyld may load other dylibs than these, which --search and --insert can name'
