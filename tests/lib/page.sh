# What pages of the documentation show, held against what is printed.
ROOT=$(cd "$TESTS/.." && pwd)

# block PAGE TEXT: the first indented block of a page with a line that begins with TEXT, without its indentation.
block() {
    awk -v text="$2" '
        /^    / || (/^$/ && held != "") { line = $0; sub(/^    /, "", line); held = held line "\n"; if (index(line, text) == 1) found = 1; next }
        { if (found) exit; held = "" }
        END { if (found) printf "%s", held }' "$ROOT/$1" | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}'
}
# shows NAME BLOCK PRINTED: the lines of a block are printed in this order; [...] stands for any.
shows() {
    expect_true "$1" awk 'FILENAME == ARGV[1] { if ($0 != "[...]") wanted[++count] = $0; next }
        $0 == wanted[at + 1] { at++ }
        END { if (count == 0 || at < count) { print "not printed: " wanted[at + 1]; exit 1 } }' "$2" "$3"
}
# messages PAGE: what stands in `...` in the first column of the page's table of messages, a line each.
messages() {
    awk '/^\| message \|/ { on = 1; next } !/^\|/ { on = 0 } on && !/^\|---/ { split($0, cells, "|"); print cells[2] }' "$ROOT/$1" |
        grep -o '`[^`]*`' | tr -d '`'
}
