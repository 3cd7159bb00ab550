# Names of files, install names and arguments steer no terminal and begin no command of a build log.
. "$(dirname "$0")/../lib/story.sh"

escape=$'\033' c1=$'\xc2\x9b' raw=$'\x9b' delete=$'\x7f'
for name in "a${escape}[31mb" "a${NEWLINE}::error::b" "a${c1}31m" "a${raw}31m" "a${delete}b" '::error::b' '##[error]b'; do
    printable=$(printf %q "$name")
    id="@rpath/lib$name.dylib"
    rm -rf now && mkdir now && cd now || exit 1
    "$MAKE_MACHO" image --out lib.dylib --type dylib --id "$id" --text 16384 --symbols 8 --hashes
    mkdir -p "$(dirname "lib$name.dylib")" && cp lib.dylib "lib$name.dylib"
    "$MAKE_MACHO" image --out "$name" --text 16384 --symbols 8 --rpath @executable_path --load "$id" --load "@rpath/gone$name"
    for format in text json sarif github junit; do
        "$VAFIT" check "$name" --format $format
        "$VAFIT" check "$name" --format $format -v --allow-missing '*'
    done >said 2>&1
    {
        "$VAFIT" check "$name$name"
        "$VAFIT" check "$name" --rule "$name" --profile "$name"
        "$VAFIT" check "$name" --profile "./$name"
        "$VAFIT" why "$name" "$id"
        "$VAFIT" why "$name" "$name"
        "$VAFIT" scan "$name"
        "$VAFIT" check "$name" --format json --exit-zero --allow-missing '*' -o base.json --metrics -
        sed 's/"va": [0-9]/&0/' base.json >"head$name.json"
        for format in text markdown json; do
            "$VAFIT" diff base.json "head$name.json" --format $format --max-growth 0
            "$VAFIT" diff base.json "$name" --format $format
        done
        "$VAFIT" shrink "$name" --dry-run
        "$VAFIT" shrink "$name" --in-place
        "$VAFIT" verify "$name" "$name$name"
        "$VAFIT" fix "$name" --dry-run --limit 1GiB --allow-missing '*'
        "$VAFIT" fix "$name" --dry-run --limit 1GiB --format json --allow-missing '*'
        "$VAFIT" link -- false -o "$name"
        "$VAFIT" "$name"
        "$VAFIT" check "--$name"
    } >>said 2>&1
    cd ..
    expect_true "$printable: much is said of it" test "$(wc -l <now/said)" -gt 100
    expect_true 'no control character is printed' \
        sh -c "! tr -d '\n' <now/said | grep -q '[[:cntrl:]]' && ! grep -q '$c1' now/said"
    expect_true 'no byte alone steers' python3 -c 'open("now/said", encoding="utf-8").read()'
    expect_true 'no line begins a command but those of --format github' \
        sh -c "! grep '^ *::' now/said | grep -qv '^::\\(error\\|warning\\) file='"
    expect_true 'nor one of the older kind' sh -c "! grep -q '##\\[' now/said"
done

# Depfiles.
name='a b#c$d:e' TAB=$'\t'
"$MAKE_MACHO" image --out "$name" --text 16384 --symbols 8 --hashes
run "$VAFIT" check "$name" -o out --depfile d
printf '%s\n' 'out: a\ b\#c$$d\:e' >wanted
expect_same 'a depfile holds spaces and what ninja and make read otherwise' wanted d
expect_true 'ninja reads it' sh -c '
    printf "rule r\n  command = cp d x.d && touch \$out\n  depfile = x.d\n  deps = gcc\nbuild out: r\n" >build.ninja
    ninja >/dev/null && ninja -t deps | grep -qxF "    a b#c\$d:e"'
printf '%s\n' 'include d' 'out:' "${TAB}@echo '[\$<]' >by-make" >Makefile
touch -d 2001-01-01 out
expect_true 'make reads it' sh -c 'make -s && test "$(cat by-make)" = "[$0]"' "$name"
cp "$name" "a${NEWLINE}b"
run "$VAFIT" check "a${NEWLINE}b" -o fresh --depfile d
expect 'a line break is refused' 4 '' "vafit: a\\x0ab: a depfile cannot hold this name: '\\x0a' in it"
expect_true 'before anything is written' test ! -e fresh
