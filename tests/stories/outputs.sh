# Where results go: reports, depfiles and what happens when they cannot be written.
# Labels: quick
. "$(dirname "$0")/../lib/story.sh"

image() {
    "$MAKE_MACHO" image --out "$@"
}
image 'lib a#1$.dylib' --type dylib --id '@rpath/lib a#1$.dylib' --text 16384 --symbols 8
image libb.dylib --type dylib --id @rpath/libb.dylib --text 16384 --symbols 8
image main --text 16384 --symbols 8 --rpath @loader_path --load '@rpath/lib a#1$.dylib' \
    --load @rpath/libb.dylib

run "$VAFIT" check main --format json
cp .out printed.json
run "$VAFIT" check main --format json --output deep/er/report.json --depfile deep/report.d
expect 'with --output nothing is printed' 0 '' ''
expect_same 'the file holds what would be printed' printed.json deep/er/report.json
printf '%s\n' 'deep/er/report.json: main lib\ a\#1$$.dylib libb.dylib' >wanted.d
expect_same 'the depfile lists every file opened, escaped as ninja reads it' wanted.d deep/report.d
expect_true 'ninja reads it' sh -c '
    printf "rule r\n  command = cp deep/report.d x.d && touch \$out\n  depfile = x.d\n  deps = gcc\nbuild deep/er/report.json: r main\n" >build.ninja
    ninja -v >/dev/null && ninja -t deps | grep -q "^    lib a#1\$.dylib$" && ninja -n | grep -q "no work"'

touch -d '2001-01-01' deep/er/report.json deep/report.d
run "$VAFIT" check main --format json --output deep/er/report.json --depfile deep/report.d
expect_true 'an equal file is left untouched' test \
    "$(date -r deep/er/report.json +%Y) $(date -r deep/report.d +%Y)" = '2001 2001'
run "$VAFIT" check main --output deep/er/report.json
expect_true 'another one is replaced' test "$(date -r deep/er/report.json +%Y)" != 2001

echo '{"schema": "vafit.profile/1", "name": "mine", "based_on": "macos-26"}' >mine.json
echo '--profile mine.json' >arguments
echo '{"schema": "vafit.baseline/1", "programs": []}' >base.json
run "$VAFIT" check main @arguments --baseline base.json --output r --depfile r.d
printf '%s\n' 'r: main lib\ a\#1$$.dylib libb.dylib mine.json base.json' >wanted.d
expect_same 'profiles and baselines are among them; response files, which ninja removes, are not' wanted.d r.d
expect_true 'a report with a profile of its own names it' grep -q 'main (arm64): fits under mine' r

run "$VAFIT" check main --depfile x.d
expect 'a depfile wants an output' 2 '' 'vafit: --depfile needs --output, whose path stands in it
vafit: see `vafit help check`'
expect_true 'and is not written' test ! -e x.d

run "$VAFIT" check main --limit 4GiB --rule malloc-window=off --output failed.json --format json
expect 'what failed is said on standard error when the report goes to a file' 1 '' \
    'main (arm64): does not fit under macos-26; fits under macos-27
  error: image-sum: __PAGEZERO 4.00 GiB + executable 80.0 KiB + shared region 6.00 GiB + 2 dylibs 160.0 KiB = 10.00 GiB, 6.00 GiB past the limit of 4.00 GiB'

# What cannot be written is an error of input/output, and nothing is left after.
run "$VAFIT" check main --output main/report
expect 'a file as the folder' 4 '' 'vafit: main/report: cannot write: Not a directory'
mkdir taken
run "$VAFIT" check main --output taken
expect 'a folder in the place of the report' 4 '' 'vafit: taken: cannot write: Is a directory'
run sh -c '"$1" check main >/dev/full' sh "$VAFIT"
expect 'a full disk after standard output' 4 '' \
    'vafit: standard output: cannot write: No space left on device'
expect_true 'no temporary file is left' test -z "$(find . -name '.vafit*')"
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
    mkdir closed && chmod 555 closed && chmod 755 .
    run setpriv --reuid=65534 --clear-groups "$VAFIT" check main --output closed/report
    expect 'a read-only folder' 4 '' 'vafit: closed/report: cannot write: Permission denied'
elif [ "$(id -u)" != 0 ]; then
    mkdir closed && chmod 555 closed
    run "$VAFIT" check main --output closed/report
    expect 'a read-only folder' 4 '' 'vafit: closed/report: cannot write: Permission denied'
else
    skip 'a read-only folder' 'root may write everywhere and there is no setpriv'
fi
mkdir small
if mount -t tmpfs -o size=4k none small 2>/dev/null; then
    echo old >small/report
    run "$VAFIT" check main --format json --output small/report
    expect 'a full disk' 4 '' 'vafit: small/report: cannot write: No space left on device'
    expect_true 'keeps the old report' test "$(cat small/report)" = old
    expect_true 'and nothing else' test "$(ls small)" = report
    umount small
else
    skip 'a full disk' 'a small file system cannot be mounted here'
fi

# Colours.
escape=$(printf '\033')
run "$VAFIT" check main --color always
expect_true '--color always colours' grep -q "$escape\[32mfits under macos-26 and macos-27$escape\[0m" .out
run "$VAFIT" check main
expect_true 'a pipe gets none' sh -c "! grep -q '$escape' .out"
run script -qec "$VAFIT check main" /dev/null
expect_true 'a terminal gets colours' grep -q "$escape\[32mfits" .out
NO_COLOR=1 run script -qec "$VAFIT check main" /dev/null
expect_true 'unless NO_COLOR is set' sh -c "! grep -q '$escape' .out"

# The same run twice, in folders of different names: the same bytes.
mkdir -p elsewhere/else
cp main lib* elsewhere/else
run "$VAFIT" check main --format json
cp .out one
(cd elsewhere/else && "$VAFIT" check main --format json) >two
expect_same 'a report does not depend on the folder' one two
