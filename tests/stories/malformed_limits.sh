# Inputs that are small on disk and large in what they ask for. vafit answers soon, or says which limit
# they pass.
. "$(dirname "$0")/../lib/malformed.sh"

# soon NAME STATUS COMMAND...: the command ends within seconds, with that status, without an error.
soon() {
    run timeout 10 "${@:3}"
    expect "$1" "$2" - ''
}

# many COUNT TEXT: TEXT for each number from 1 to COUNT, which takes the place of %, in seven digits.
# In it @ stands for NUL and = for @.
many() {
    seq -f '%07g' 1 "$1" | sed "s|.*|${2/\%/"&"}|" | tr -d '\n' | tr '@=' '\0@'
}

# grow FILE COUNT: puts these load commands, from standard input, in front of its last three, which are
# LC_FUNCTION_STARTS, LC_DATA_IN_CODE and LC_CODE_SIGNATURE.
grow() {
    local end=$((32 + $(number "$1" 20))) size
    cat >commands
    size=$(wc -c <commands)
    tail -c +$((end - 47)) "$1" | head -c 48 >>commands
    dd if=commands of="$1" bs=1M seek=$((end - 48)) oflag=seek_bytes conv=notrunc status=none
    rm commands
    poke_all "$1" "header+16:4=+$2" "header+20:4=+$size"
}

# zeros COUNT: that many NULs for many.
zeros() {
    printf '%*s' "$1" '' | tr ' ' '@'
}

# named COMMAND FIELDS NAME: a load command, for many, of which NAME stands after 12 + FIELDS bytes.
named() {
    local name=$3 length size
    length=${name/\%/1234567}
    size=$(((12 + $2 + ${#length} + 8) / 8 * 8))
    printf "$1\\$(printf '%03o' $size)@@@\\$(printf '%03o' $((12 + $2)))@@@%s%s%s" "$(zeros "$2")" "$name" \
        "$(zeros $((size - 12 - $2 - ${#length})))"
}

dylib() {
    named '\014@@@' 12 "$1"
}

rpath() {
    named '\034@@\200' 0 "$1"
}

"$MAKE_MACHO" image --out ../good/a --text 20MiB --rpath @loader_path --load @rpath/liba.dylib
make_dylib liba.dylib --id @rpath/liba.dylib
mkdir bin
mv liba.dylib bin

# --- load commands ---

cp ../good/a bin/a
many 2000000 $'\377\377\377\177\010@@@' | grow bin/a 2000000
soon 'two million unknown load commands' 0 "$VAFIT" check bin/a --quiet
cp ../good/a bin/a
many 200000 $'\031@@@\110@@@%'"$(zeros 57)" | grow bin/a 200000
soon '200000 segments without a byte, all at address 0' 1 "$VAFIT" check bin/a --quiet

# --- names ---

cp ../good/a bin/a
many 300000 "$(dylib '=rpath/liba.dylib')" | grow bin/a 300000
soon '300000 times the same dylib' 0 "$VAFIT" check bin/a --quiet
cp ../good/a bin/a
many 300000 "$(dylib '=rpath/libb.dylib')" | grow bin/a 300000
soon '300000 times the same dylib that is missing' 3 "$VAFIT" check bin/a --quiet
expect_true 'it is reported once' test "$(grep -c 'unresolved: bin/a asks for' "$WORK/.out")" = 1
cp ../good/a bin/a
many 100000 "$(dylib '=rpath/x%')" | grow bin/a 100000
soon '100000 dylibs that are missing' 3 "$VAFIT" check bin/a --quiet
cp ../good/a bin/a
many 300000 "$(rpath /r/%)" | grow bin/a 300000
soon '300000 LC_RPATHs' 0 "$VAFIT" check bin/a --quiet
cp ../good/a bin/a
{ many 100000 "$(rpath /r/%)" && many 1 "$(dylib '=rpath/libb.dylib')"; } | grow bin/a 100001
soon '100000 LC_RPATHs and a dylib that is missing' 3 "$VAFIT" check bin/a --quiet
expect_true 'the report is no heap of paths' test "$(wc -c <"$WORK/.out")" -lt 100000
cp ../good/a bin/a
{
    many 100 "$(rpath /r/%)"
    many 400000 "$(rpath /r/same)"
    many 3 "$(dylib '=rpath/x%')"
} | grow bin/a 400103
refused '400000 LC_RPATHs and 3 dylibs' 3 \
    'vafit: bin/a: load commands: the program'"'"'s dylibs and LC_RPATHs make for more than 1000000 paths to try, or 256 MiB of them' \
    "$VAFIT" check bin/a

# No system opens a path of so many bytes.
"$MAKE_MACHO" image --out bin/a --text 1MiB --load "@rpath/$(printf '%60000s' '' | sed 's| |a/|g')b" \
    --rpath @loader_path
soon 'a name of 60000 folders' 3 timeout 3 "$VAFIT" check bin/a --quiet
"$MAKE_MACHO" image --out bin/a --text 1MiB --load "/$(printf '%60000s' '' | sed 's| |a/|g')b"
soon 'an absolute name of 60000 folders' 3 timeout 3 "$VAFIT" check bin/a --quiet
"$MAKE_MACHO" image --out bin/a --text 1MiB --load "@rpath/liba.dylib" --load /usr/lib/libSystem.B.dylib \
    --rpath "@loader_path/$(printf '%60000s' '' | sed 's| |a/|g')"
soon 'an LC_RPATH of 60000 folders' 3 timeout 3 "$VAFIT" check bin/a --quiet
"$MAKE_MACHO" image --out bin/a --text 2MiB --load "@rpath/$(printf '%0100000d' 0)" --rpath /r
many 10000 "$(rpath /r/%)" | grow bin/a 10000
soon 'a name of 100000 bytes and 10000 LC_RPATHs' 3 timeout 3 "$VAFIT" check bin/a --quiet
rm -r bin
mkdir bin

# --- chains ---

# octal FILE SIZE: its first bytes as printf writes them.
octal() {
    od -An -v -to1 -N"$2" "$1" | tr -d '\n' | sed 's/ /\\/g'
}

"$MAKE_MACHO" image --out ../good/libSELF.dylib --id @rpath/libSELF.dylib --symbols 0 \
    --load @rpath/libNEXT.dylib --rpath @loader_path --segment __TEXT=0+16KiB \
    --segment __LINKEDIT=0x4000+16KiB
"$MAKE_MACHO" image --out bin/a --load @rpath/lib0001.dylib --rpath @loader_path
head=$(octal ../good/libSELF.dylib $((32 + $(number ../good/libSELF.dylib 20))))
head=${head//'\123\105\114\106'/%s}
head=${head//'\116\105\130\124'/%s}
names=({0001..3001})
for ((i = 0; i < 3000; i++)); do
    printf "$head" "${names[i]}" "${names[i + 1]}" >"bin/lib${names[i]}.dylib"
done
printf "$head" 3001 0001 >bin/lib3001.dylib
truncate -s 32768 bin/lib*.dylib
soon 'a circle of 3001 dylibs' 0 "$VAFIT" check bin/a --format json
expect_true 'all of them are counted' grep -q '"image_count": 3002,' "$WORK/.out"
rm bin/lib3001.dylib
soon 'a chain of 3000 dylibs whose end is missing' 3 "$VAFIT" check bin/a --quiet
soon 'why the last of them is loaded' 0 "$VAFIT" why bin/a lib3000.dylib
