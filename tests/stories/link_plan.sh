# One plan file for the links of a build: `fix --dry-run --plan` writes which images are to be shrunk, and how far;
# `link --plan` does that as part of each link, so that programs fit where they are.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"
. "$TESTS/lib/heavy.sh"
heavy_program arm64 linked -fixup_chains 4 || { fail 'building' <<<'the linker failed'; exit; }
images=(main libone.dylib libtwo.dylib libthree.dylib)

# What the linker of this build does, as one command: it writes what was linked to the place after -o.
cat >linker <<'END'
#!/bin/sh
cat "linked/$(basename "$2")" >"$2" && chmod +x "$2"
END
chmod +x linker
# built FOLDER OPTION...: links all images into the folder, through vafit.
built() {
    local folder=$1 image
    shift
    mkdir -p "$folder"
    for image in "${images[@]}"; do
        "$VAFIT" link -q "$@" -- ./linker -o "$folder/$image" || return
    done
}
sum() { "$VAFIT" check "$1/main" --format json -q --profile macos-26 --exit-zero "${@:2}" | jq '.programs[0].va.sum'; }
check() { run "$VAFIT" check -q "$@" --profile macos-26 --limit "$limit"; }
plan() { run "$VAFIT" fix "$@" --dry-run -q --profile macos-26 --limit "$limit" --plan plan.json; }

mkdir out && cp linked/* out/
# Of what level locals frees in all, two thirds have to go.
cp -r linked small && "$VAFIT" shrink small/* --in-place --level locals --unstripped none -q
limit=$((($(sum linked) + 2 * $(sum small)) / 3))
check out/main
expect 'as linked it does not fit' 1 - -
plan out/main
expect 'a plan is written' 0 - ''
expect_true 'in place nothing is changed' test -z "$(cd out && find . -name '*.unstripped')"
expect_true 'it names images from here, and levels' sh -c \
    'jq -e ".schema == \"vafit.plan/1\" and (.images | length) >= 1 and (.images | length) < 4 and
        all(.images[]; (.path | startswith(\"out/\")) and .level == \"locals\")" plan.json >/dev/null'
cp plan.json first.json

built out --plan plan.json
expect_true 'the links go well' test $? = 0
check out/main
expect 'what was linked fits' 0 '' ''
(cd out && find . -name '*.unstripped' | sed 's/.unstripped$//; s/^\.//; s/^/out/' | sort) >kept
jq -r '.images[].path' plan.json >planned
expect_same 'the images of the plan were rewritten, and no others' planned kept
for image in $(cat planned); do "$VAFIT" verify "$image" --against "$image.unstripped" -q || echo "$image"; done >wrong
expect_same 'each means what it meant' /dev/null wrong
run_program arm64 linked/main >wanted
run_program arm64 out/main >printed
expect_same 'it prints the same' wanted printed
stat -c %Y.%i out/* >before
built out --plan plan.json
check out/main
expect 'links of the same again' 0 '' ''
plan out/main
expect_same 'a plan that suffices stays as it is' first.json plan.json

# A program that has to become smaller still: what the plan had stays in it.
limit=$(sum small)
plan out/main
expect 'a lower limit' 0 - ''
jq -r '.images[].path' first.json | while read -r path; do grep -qF "\"$path\"" plan.json || echo "$path"; done >lost
expect_same 'the former images stay' /dev/null lost
expect_true 'others come' test "$(jq '.images | length' plan.json)" -gt "$(jq '.images | length' first.json)"
built out --plan plan.json
check out/main
expect 'and it fits again' 0 '' ''
limit=$((limit - (1 << 30)))
cp plan.json before.json
plan out/main --up-to lossless
expect 'what cannot suffice' 1 - -
expect_same 'leaves the plan alone' before.json plan.json

# However the output is spelled, and whatever links lead there.
ln -s out elsewhere
first=$(head -1 planned) && first=${first#out/}
for way in "./out/../out//$first" "elsewhere/$first" "$PWD/out/$first"; do
    rm -f out/$first*
    "$VAFIT" link -q --plan plan.json -- ./linker -o "$way"
    expect_true "by another name: ${way#"$PWD"}" test -f out/$first.unstripped
done
# A driver that shrinks what it has linked itself.
cp out/$first by_link
rm -f out/$first*
./linker -o out/$first
run "$VAFIT" shrink --in-place --unstripped none -q --plan plan.json out/$first
expect 'shrink by a plan' 0 '' ''
expect_same 'makes what the link makes' by_link out/$first
expect_true 'and it is smaller' test "$(stat -c %s out/$first)" -lt "$(stat -c %s linked/$first)"
mkdir apart
cp linked/$first apart/$first
run "$VAFIT" shrink --in-place -q --plan plan.json apart/$first
expect_same 'shrink: an image that is not in the plan' linked/$first apart/$first
rm -r apart
mkdir apart
"$VAFIT" link -q --plan plan.json -- ./linker -o apart/$first
expect_same 'an image that is not in the plan' linked/$first apart/$first

while IFS='|' read -r text what; do
    printf '%s\n' "$text" >bad.json
    rm -f apart/$first
    run "$VAFIT" link -q --plan bad.json -- ./linker -o apart/$first
    expect "bad: $text" 3 '' "vafit: bad.json: $what"
    expect_true 'and nothing was linked' test ! -e apart/$first
done <<'END'
{}|schema: not "vafit.plan/1", which `vafit fix --dry-run --plan` writes
{"schema": "vafit.plan/1"}|images: not a list
{"schema": "vafit.plan/1", "images": [{"path": 1, "level": "locals"}]}|images[0].path: not a string
{"schema": "vafit.plan/1", "images": [{"path": "a", "level": "exports"}]}|images[0].level: not a level that `vafit link` knows
{"schema": "vafit.plan/1", "images": [{"path": "a", "level": "locals"}, {"path": "a", "level": "align"}]}|images: a comes twice
END
run "$VAFIT" link -q --plan gone.json -- ./linker -o apart/$first
expect 'a plan that is not there' 4 '' 'vafit: gone.json: cannot open: No such file or directory'
while IFS='|' read -r arguments what; do
    # shellcheck disable=SC2086
    run "$VAFIT" $arguments
    expect "usage: $arguments" 2 '' "vafit: $what${NEWLINE}vafit: see \`vafit help ${arguments%% *}\`"
done <<'END'
link --plan plan.json --level locals -- true|--plan tells the level, without --level and --if-needed
link --plan plan.json --if-needed -- true|--plan tells the level, without --level and --if-needed
shrink out/main --in-place --plan plan.json --level locals|--plan tells the level, without --level, and needs --in-place
shrink out/main --output x --plan plan.json|--plan tells the level, without --level, and needs --in-place
fix out/main --in-place --plan plan.json|--plan needs --dry-run: it is for `vafit link --plan`
fix out/main --dry-run --plan plan.json --up-to symbols+consolidate|--plan: links neither drop exports nor consolidate
fix out/main --dry-run --plan plan.json --up-to exports|--plan: links neither drop exports nor consolidate
fix out/main --dry-run --plan -|--plan -: standard output has the report; give --output FILE
fix out/main --dry-run --plan plan.json --output plan.json|--plan plan.json: another file of this run has that name
END
run "$VAFIT" fix linked/main --dry-run --plan - --limit "$(sum small)" --profile macos-26 --output report
expect_true 'a plan on standard output' test "$(jq -r .schema .out)" = vafit.plan/1
cp out/main before
run "$VAFIT" fix out/main --dry-run --plan out/main --limit "$(sum small)" --profile macos-26 -q
expect_true 'an image is not written over by a plan' cmp -s before out/main
