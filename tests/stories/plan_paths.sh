# A plan's paths: however somebody spelled them they name an image, or the plan is refused; what JSON cannot hold is not
# written into one as something else.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"
. "$TESTS/lib/heavy.sh"
heavy_program arm64 linked -fixup_chains 10 || { fail 'building' <<<'the linker failed'; exit; }
cat >linker <<'END_OF_LINKER'
#!/bin/sh
cp linked/libone.dylib "$2"
END_OF_LINKER
chmod +x linker
mkdir -p 'out of it' apart
plan() {
    jq -n '{schema: "vafit.plan/1", images: ($ARGS.positional | map({path: ., level: "locals"}))}' --args "$@" >plan.json
}
# linked FOLDER IMAGE: links there, by the plan that lies here.
linked() {
    rm -f "$1/$2" "$1/$2.unstripped"
    run "$VAFIT" link -q --plan plan.json -- ./linker -o "$1/$2"
}
for path in 'out of it/one' './out of it/one' 'out of it//./one' 'apart/../out of it/one' "../$(basename "$WORK")/out of it/one" \
    "$WORK/out of it/one" "$WORK/apart/../out of it/one"; do
    plan "$path"
    linked 'out of it' one
    expect "$path" 0 '' ''
    expect_true 'is shrunk' test -e 'out of it/one.unstripped'
done
linked apart one
expect_true 'another image is not' test "$status $(ls apart)" = '0 one'
mkdir work && cp -r linked linker work/
for path in ../apart/one "$WORK/apart/one"; do
    plan "$path"
    rm -f apart/*
    run sh -c 'cd work && exec "$VAFIT" link -q --plan ../plan.json -- ./linker -o ../apart/one'
    expect_true "$path from another folder" test "$status $(ls apart/one.unstripped)" = '0 apart/one.unstripped'
done
plan 'out of it/one' './out of it/one'
linked 'out of it' one
expect 'one image by two spellings' 3 '' 'vafit: plan.json: images: out of it/one comes twice'
for path in '' . .. / 'out of it/' 'out of it/..'; do
    plan a "$path"
    linked 'out of it' one
    expect "no path of a file: '$path'" 3 '' 'vafit: plan.json: images[1].path: not the path of a file'
    expect_true 'and nothing was linked' test ! -e 'out of it/one'
done

# In a folder whose name is no UTF-8 paths from there on are UTF-8 still; outside of it they are not.
folder=$'no\xff'
mkdir "$folder" && cp linked/* "$folder/"
limit=$("$VAFIT" check linked/main --format json --exit-zero --profile macos-26 | jq '.programs[0].va.sum')
fix() { run "$VAFIT" fix "$1" --dry-run -q --profile macos-26 --limit $((limit - 65536)) --plan "$2"; }
fix "$folder/main" new.json
expect_true 'not UTF-8' test "$status $(sed 's/.*: //' .err)" = '4 its path is not UTF-8'
expect_true 'no plan is written' test ! -e new.json
cd "$folder" || exit
fix main ../new.json
cd "$WORK" || exit
expect_true 'from there on' test "$status $(jq 'any(.images[]; .path == "main" or .path == "libone.dylib")' new.json)" = '0 true'
