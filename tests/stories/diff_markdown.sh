# diff: the table for a review comment, whatever names have in them.
# Labels: quick
. "$(dirname "$0")/../lib/story.sh"

# report NAME MIB: of a program of that name with one image.
report() {
    jq -n --arg name "$1" --argjson bytes $(($2 << 20)) '{schema: "vafit.check/1", programs: [{executable: $name, arch: "arm64",
        profile: "macos-26", va: {sum: ($bytes + 8589934592)}, placement: {top_slid: 17179869184},
        malloc_window: {slots_hit: 16, slots: 736}, images: [{path: ("lib" + $name), va: $bytes}], unresolved: []}]}'
}
report main 64 >base.json
report main 96 | jq '.programs[0].malloc_window.slots_hit = 32 | .programs[0].images += [{path: "new", va: 5}]' >head.json
run "$VAFIT" diff base.json head.json --format markdown --max-growth 16MiB
expect 'markdown, whole' 1 '| program | arch | profile | sum | growth | top | growth | launches that abort |
| --- | --- | --- | ---: | ---: | ---: | ---: | ---: |
| `main` | `arm64` | `macos-26` | 8.09 GiB | **+32.0 MiB** | 16.00 GiB | 0 bytes | 4.35 %, was 2.17 % |

Images of `main`, `arm64`, that changed: 2; that did not: 0

| image | was | is | growth |
| --- | ---: | ---: | ---: |
| `libmain` | 64.0 MiB | 96.0 MiB | +32.0 MiB |
| `new` | new | 5 bytes | +5 bytes |'
run "$VAFIT" diff base.json head.json --format markdown --top 0
expect_true '--top 0 shows no image' sh -c "tail -1 .out | grep -qx 'And 2 more, which changed less.' && ! grep -q '^| .libmain' .out"

# read: the cells of the rows, as GitHub reads them: a bar ends a cell in code as well, and entities stand for what they name.
cat >read.py <<'END'
import html, re, sys
for line in sys.stdin.read().split("\n"):
    assert not re.search(r"[\x00-\x1f\x7f]", line)
    if line.startswith("| ") and "---" not in line:
        cell = line.split("|")[1].strip()
        code = re.fullmatch(r"`([^`|<]+)`|<code>([^`|<>*_\[\]\\]*)</code>", cell)
        if code:
            # Of a span in backticks a space at each end is taken off.
            span = re.fullmatch(r" (.*\S.*) ", code[1] or "")
            print(html.unescape(code[2]) if code[1] is None else span[1] if span else code[1])
END
for name in 'a|b' 'a`b' '`' 'a\|b' '\' '<b>' '&amp;' '**a**' ' a ' '' '[x](y)' '@user' 'ü|' '|---|'; do
    report "$name" 1 >base.json
    report "$name" 2 >head.json
    run "$VAFIT" diff base.json head.json --format markdown
    expect_true "'$name' is read again" test "$(python3 read.py <.out)" = "$name${NEWLINE}lib$name"
done
for name in $'a\nb' $'a\r| x | y |' $'a\e[31mb'; do
    report "$name" 1 >base.json
    report "$name" 2 >head.json
    run "$VAFIT" diff base.json head.json --format markdown
    spelled=$(printf %s "$name" | sed -z 's/\n/\\x0a/; s/\r/\\x0d/; s/\x1b/\\x1b/')
    expect_true "$spelled is spelled out" test "$(python3 read.py <.out)" = "$spelled${NEWLINE}lib$spelled"
    expect_true 'and makes no line' test "$(wc -l <.out)" = 9
    run "$VAFIT" diff base.json head.json
    expect_true 'nor in text' test "$(wc -l <.out) $(tr -d '\n\040-\176' <.out)" = '6 '
done
