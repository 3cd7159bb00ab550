# Names that are no text: control characters and broken UTF-8 stay out of every report.
. "$(dirname "$0")/../lib/malformed_programs.sh"

nasty=$'x\n  pass: unresolved: all is well \e[31m\xff\xc3(\t"\\.dylib'
program a "$nasty"
run "$VAFIT" check bin/a --format json
expect 'a name with control characters and no UTF-8' 3 - ''
expect_true 'json: the name' grep -qxF \
    $'          "name": "@rpath/x\\n  pass: unresolved: all is well \\u001B[31m\xef\xbf\xbd\xef\xbf\xbd(\\t\\"\\\\.dylib",' \
    "$WORK/.out"
expect_true 'json: no control characters' \
    test -z "$(tr -d '\n\040-\176\200-\377' <"$WORK/.out")"
run "$VAFIT" check bin/a --format sarif
expect_true 'sarif: no control characters' \
    test -z "$(tr -d '\n\040-\176\200-\377' <"$WORK/.out")"
run "$VAFIT" check bin/a --format github
expect_true 'github: one line' test "$(wc -l <"$WORK/.out")" = 1
run "$VAFIT" check bin/a -v
expect_true 'text: no control characters' \
    test -z "$(tr -d '\n\040-\176\200-\377' <"$WORK/.out")"
expect_true 'text: a name does not make lines of its own' \
    test "$(grep -c 'pass: unresolved' "$WORK/.out")" = "$(grep -c 'error: unresolved' "$WORK/.out")"
run "$VAFIT" scan bin/a -o facts.json
expect 'facts of such a name' 0 '' ''
run "$VAFIT" check bin/a --facts facts.json --format json
expect 'facts of such a name are read' 3 - ''
rm facts.json

library $'b\n.dylib'
program b $'b\n.dylib'
images 'a file with such a name' 2 bin/b
expect_true 'json: its path' grep -qxF '          "path": "bin/b\n.dylib",' "$WORK/.out"
expect_true 'json: its install name' grep -qxF '          "install_name": "@rpath/b\n.dylib",' \
    "$WORK/.out"

cp bin/a $'bin/c\e\nd'
poke_all $'bin/c\e\nd' @0:4=0
run "$VAFIT" check $'bin/c\e\nd'
expect 'a malformed file with such a name' 3 '' -
expect_true 'the error is one line without control characters' \
    test "$(wc -l <"$WORK/.err") $(tr -d '\n\040-\176\200-\377' <"$WORK/.err")" = '1 '
cp bin/a bin/d
poke_all bin/d lc3+8:8=0x1b0a414141414141 lc3+40:8=0x20000
run "$VAFIT" check bin/d
expect 'a malformed segment with such a name' 3 '' -
expect_true 'its error is one line without control characters' \
    test "$(wc -l <"$WORK/.err") $(tr -d '\n\040-\176\200-\377' <"$WORK/.err")" = '1 '
