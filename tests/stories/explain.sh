# explain: a crash report is read, and says in a few lines whether it is the program's size.
# Labels: quick
. "$(dirname "$0")/../lib/story.sh"

report() {
    python3 "$TESTS/lib/crash_report.py" "$@"
}
# 457 dylibs from 12 GiB on, 10 MiB apart, each with 8 MiB of __TEXT: the last ends 4568 MiB above. 16 GiB are 4096 MiB
# above, which the 410th is the first to pass (4090 + 8): 48 of them. Windows begin every 32 MiB: 15 below 472 MiB.
report ips malloc >report.ips
facts='  why: images of this program end at 16.46 GiB, and malloc'"'"'s window begins at 16.00 GiB or above: the program is too large
  report: .ips, macOS 26.3 (25D125), ARM-64; 466 images outside the shared cache
  they end at or above 16.46 GiB, 48 of them past 16.00 GiB, where malloc'"'"'s window begins under macos-26
  they block 15 of the window'"'"'s 736 places (2.04 %): those that begin from 16.00 GiB to 16.44 GiB
  the heaviest 5 of 466 images:
        space     __TEXT         address  image
            -  500.0 MiB     0x100008000  Demo
            -    8.0 MiB     0x120008000  lib0.dylib
            -    8.0 MiB     0x120a08000  lib1.dylib
            -    8.0 MiB     0x121408000  lib2.dylib
            -    8.0 MiB     0x121e08000  lib3.dylib
  do: vafit fix --in-place /Applications/Demo.app/Contents/MacOS/Demo'
head='Demo ended at launch: malloc could not reserve its address space (malloc-window)'
run "$VAFIT" explain report.ips
expect 'a report of a program that is too large' 0 "$head$NEWLINE$facts" ''
run sh -c '"$0" explain - <report.ips' "$VAFIT"
expect 'from standard input' 0 "$head$NEWLINE$facts" ''
run "$VAFIT" explain report.ips -v
expect_true 'all images' test "$(grep -c 'lib[0-9]*\.dylib$' .out)" = 465
run env COLUMNS=60 "$VAFIT" explain report.ips
expect_true 'lines are broken at the width of the terminal' grep -qx '    space (malloc-window)' .out

run "$VAFIT" explain report.ips --format json
jq -c 'del(.images), (.images | length, .[0], .[465])' .out >found
cat >wanted <<'END'
{"schema":"vafit.explain/1","format":".ips","process":"Demo","os":"macOS 26.3 (25D125)","cpu":"ARM-64","cause":"malloc-window","is_size":true,"explanation":"images of this program end at 16.46 GiB, and malloc's window begins at 16.00 GiB or above: the program is too large","detail":null,"layout":{"profile":"macos-26","complete":true,"top":17674797056,"limit":17179869184,"beyond":48,"slots_hit":15,"slots":736},"build":null,"advice":["vafit fix --in-place /Applications/Demo.app/Contents/MacOS/Demo"]}
466
{"name":"Demo","observed":4295000064,"text_size":524288000,"vm_size":null,"predicted":null}
{"name":"lib464.dylib","observed":17666408448,"text_size":8388608,"vm_size":null,"predicted":null}
END
expect_same 'the same as JSON' wanted found
mv .out whole.json
run "$VAFIT" explain report.ips --format json -o out.json --depfile out.d
expect 'into a file' 0 '' ''
expect_same 'which is the same' whole.json out.json
expect_true 'the report is an input' grep -qx 'out.json: report.ips' <(head -1 out.d | sed 's/ \\$//')

report message malloc >message
run sh -c '"$0" explain - <message' "$VAFIT"
expect 'a bare message does not say whose size it is' 0 "the program ended at launch: malloc could not reserve its address space (malloc-window)
  why: something was mapped where malloc reserves its window; the report has no images, so that it does not say whether this program's are too large
  report: message, of an unknown system
  do: vafit explain - EXECUTABLE" ''

# What is no report, and what cannot be read.
echo 'Segmentation fault' >other
run "$VAFIT" explain other
expect 'other text' 3 '' 'vafit: other: is no crash report, memory map or message of a launch that failed'
# Reports of check quote the words of failures. A member of a string is none.
"$MAKE_MACHO" image --out main --text 65536
"$VAFIT" check main --format json >main.json
"$VAFIT" scan main | jq -S . >facts.json
grep -q 'syscall to map cache into shared region failed' main.json || fail 'the words are there' </dev/null
while IFS='|' read -r file what; do
    run "$VAFIT" explain $file
    expect "$file" 3 '' "vafit: $file: is $what, which vafit wrote, and no crash report"
done <<'END'
main.json|vafit.check/1
facts.json|vafit.facts/1
END
jq -c '{message: (. | tojson + "syscall to map cache into shared region failed")}' main.json >log
run "$VAFIT" explain log
expect_true 'a log that quotes one' test "$status $(grep -c '(shared-region)$' .out)" = '0 1'
: >empty
run "$VAFIT" explain empty
expect 'an empty file' 3 '' 'vafit: empty: is no crash report, memory map or message of a launch that failed'
run "$VAFIT" explain gone
expect 'a report that is not there' 4 '' 'vafit: gone: cannot open: No such file or directory'
truncate -s $((64 << 20 | 1)) large
run "$VAFIT" explain large
expect 'a file that is too large' 4 '' 'vafit: large: cannot read: it is larger than 67108864 bytes'
run sh -c '"$0" explain - <large' "$VAFIT"
expect 'likewise from standard input' 4 '' 'vafit: standard input: cannot read: it is larger than 67108864 bytes'
run "$VAFIT" explain
expect 'no report' 2 '' 'vafit: explain needs a report, and takes one executable
vafit: see `vafit help explain`'
run "$VAFIT" explain report.ips main other
expect 'too many' 2 '' 'vafit: explain needs a report, and takes one executable
vafit: see `vafit help explain`'
for case in simulator ios jetsam hang; do report ips $case >$case.ips; done
report text ios >ios.txt
run "$VAFIT" explain simulator.ips
expect 'a simulator' 3 '' 'vafit: simulator.ips: platform: 7 is iOS Simulator, not macOS'
run "$VAFIT" explain ios.ips
expect 'iOS' 3 '' 'vafit: ios.ips: platform: 2 is iOS, not macOS'
run "$VAFIT" explain ios.txt
expect 'iOS as text' 3 '' 'vafit: ios.txt: os_version: iPhone OS 16.1 (20B82) is not macOS'
run "$VAFIT" explain jetsam.ips
expect 'a report of memory' 3 '' 'vafit: jetsam.ips: bug_type: 298 is a report of memory pressure (jetsam), not of a crash (309)'
run "$VAFIT" explain hang.ips
expect 'a report of an unknown kind' 3 '' 'vafit: hang.ips: bug_type: 999 is a report of something else, not of a crash (309)'
