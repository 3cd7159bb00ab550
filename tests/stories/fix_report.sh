# fix as JSON, in a file, with its depfile.
. "$(dirname "$0")/../lib/fix.sh"

fresh
run "$VAFIT" fix out/main --dry-run --limit $((sum - 1)) --format json
jq -c '[.schema, .outcome, .up_to, .image_count, (.images[] | .path, .target, .level, .va_before, .va_after, .file_size_after),
    (.programs[] | select(.profile == "macos-26") | .executable, .before.verdict, .before.sum, .before.misses, .after.verdict, .after.sum)]' .out >facts
"$VAFIT" shrink out/main --level lossless -o small --unstripped none -q
echo "[\"vafit.fix/1\",\"planned\",\"locals\",4,\"out/main\",\"out/main\",\"lossless\",${at[main]},${at[main.lossless]},$(stat -c %s small),\"out/main\",\"exceeds\",$sum,[{\"rule\":\"image-sum\",\"bytes\":1}],\"fits\",$((sum - at[main] + at[main.lossless]))]" >wanted
expect_same 'JSON of a dry run' wanted facts
run "$VAFIT" fix out/main --dry-run --limit $((sum - 1)) -o report --depfile report.d
expect 'a report in a file' 0
expect_true 'with its depfile' grep -q '^report:.* out/libtwo.dylib' report.d
