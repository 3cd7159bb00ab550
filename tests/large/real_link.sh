# vafit in front of each link of a real build: the output is what shrink makes of the plain link's.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/real_build.sh"

folder=$(real_build arm64 2>why) || { skip 'a real build' "the sources or headers cannot be had: $(tail -1 why)"; exit; }
mkdir linked plain
unset LIBRARY_PATH
# The commands of the links, run in the build's folder, with outputs of their own.
(cd "$folder" && ninja -t commands) | grep -- ' -dynamiclib ' | sed 's/^: && //; s/ && :$//; s/ && .*//' >links
count=$(wc -l <links)
while read -r link; do
    name=$(sed -n 's/.* -o bin\/\([^ ]*\) .*/\1/p' <<<"$link")
    own=${link/ -o bin\/$name / -o $PWD/linked/$name }
    # shellcheck disable=SC2086
    (cd "$folder" && "$VAFIT" link --level locals -q -- $own) >said 2>&1 || { echo "$name:"; cat said; }
    "$VAFIT" shrink "$folder/bin/$name" --level locals -o "plain/$name" --unstripped none -q
    cmp "linked/$name" "plain/$name"
    cmp "linked/$name.unstripped" "$folder/bin/$name"
done <links >bad 2>&1
expect_true "$count links are shrunk as they are made, and their outputs kept" test ! -s bad -a "$count" -gt 60
