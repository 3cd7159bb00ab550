# What contributors are told: the files that are named exist, and what the forge reads can be read.
# Labels: quick
. "$(dirname "$0")/../lib/story.sh"
cd "$TESTS/.." || exit 1

# Links of the pages, and paths between backquotes; words in capital letters stand for a name.
for page in README.md CONTRIBUTING.md SECURITY.md .github/pull_request_template.md tests/README.md; do
    {
        grep -o ']([^)]*)' "$page" | tr -d '()]' | grep -v '^http' | sed "s|#.*||; /^\$/d; s|^|$(dirname "$page")/|"
        grep -oE '`(tool|tests|docs|scripts|packaging|completions|examples)/[^` ]*' "$page" | tr -d '`'
    } | sed '/[A-Z][A-Z]/!b; /[a-z]\/[A-Z]*\.md$/b; d' | sort -u | while read -r path; do
        [ -e "$path" ] || echo "$page: $path"
    done
done >"$WORK/gone"
expect_same 'every file that is named exists' /dev/null "$WORK/gone"

# Where a release sets the version.
version=$("$VAFIT" --version | cut -d' ' -f2)
for file in BUILD.bazel MODULE.bazel BUILD.gn README.chromium CMakeLists.txt; do
    expect_true "$file has the version" grep -qF "$version" "$file"
    expect_true "and CONTRIBUTING.md names $file" grep -qF "\`$file\`" CONTRIBUTING.md
done

# Only the forge's own action, by its version.
grep -h 'uses:' .github/workflows/*.yml | sed 's/.*uses: //' | sort -u >"$WORK/uses"
expect_same 'workflows use one action' "$WORK/uses" <(echo actions/checkout@v4)
grep -hoE '(scripts|tests)/[a-z-]+' .github/workflows/*.yml | sort -u | while read -r script; do
    [ -x "$script" ] || echo "$script"
done >"$WORK/gone"
expect_same 'and scripts that exist' /dev/null "$WORK/gone"

if python3 -c 'import yaml' 2>/dev/null; then
    cat >"$WORK/forms.py" <<'END'
import sys

import yaml

for name in sys.argv[1:]:
    with open(name, encoding="utf-8") as file:
        content = yaml.safe_load(file)
    if "/workflows/" in name:
        # YAML 1.1 reads the key "on" as a truth value.
        assert {"name", True, "jobs", "permissions"} <= content.keys(), name
        for job in content["jobs"].values():
            assert job["runs-on"] and job["steps"], name
    elif not name.endswith("config.yml"):
        assert {"name", "description", "body"} <= content.keys(), name
        ids = [field["id"] for field in content["body"] if field["type"] != "markdown"]
        assert len(ids) == len(set(ids)), name
        types = {field["type"] for field in content["body"]}
        assert types <= {"markdown", "textarea", "input", "dropdown", "checkboxes"}, name
END
    run python3 "$WORK/forms.py" .github/workflows/*.yml .github/ISSUE_TEMPLATE/*.yml
    expect 'workflows and issue forms are well formed' 0
else
    skip 'workflows and issue forms are well formed' 'Python has no yaml'
fi
for asked in 'vafit check --format json' '\.ips' 'vafit --version' 'macOS'; do
    expect_true "a bug report asks for $asked" grep -q -e "$asked" .github/ISSUE_TEMPLATE/bug.yml
done
if command -v ruby >/dev/null; then
    run ruby -c packaging/homebrew/vafit.rb
    expect 'the formula is Ruby' 0 'Syntax OK'
else
    skip 'the formula is Ruby' 'there is no ruby'
fi
