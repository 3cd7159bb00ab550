# explain: each cause by its words, with the same answer from every form of a report.
. "$(dirname "$0")/../lib/story.sh"

# Form, case; cause, whether it is the program's size, what it is about, and the advice after "do".
APP=/Applications/Demo.app/Contents/MacOS/Demo
cat >table <<END
ips text both body|malloc|malloc-window|true|null|vafit fix --in-place $APP
ips text both body|malloc-low|other|false|null|env -u DYLD_INSERT_LIBRARIES $APP
ips text both body|malloc-13|other|false|null|env -u DYLD_INSERT_LIBRARIES $APP
ips text both body|malloc-edge|malloc-window|null|null|vafit explain report $APP
ips text both|malloc-27|malloc-window|true|null|vafit fix --in-place $APP
ios-text|malloc|malloc-window|true|null|vafit fix --in-place $APP
old-text|malloc|malloc-window|null|null|
message|malloc|malloc-window|null|null|vafit explain report EXECUTABLE
ips text both body old-text|missing|library-missing|false|"@rpath/libgone.dylib"|vafit check $APP
message|missing|library-missing|false|"@rpath/libgone.dylib"|vafit check EXECUTABLE
ips text both body old-text|missing-at-home|library-missing|false|"/Users/USER/lib/libgone.dylib"|vafit check $APP
ips text both body old-text|symbol|symbol-missing|false|"_gone"|dyld_info -linked_dylibs $APP
ips text both body|null-cache|shared-region|null|null|vafit explain report $APP
message|null-cache|shared-region|null|null|vafit explain report EXECUTABLE
ips text both body|null-cache-huge|shared-region|true|null|vafit check $APP
ips text both body old-text|alignment|linkedit-alignment|false|"@rpath/lib3.dylib"|vafit fix --in-place $APP
ips text both body old-text|architecture|other|false|null|
ips text both body old-text|page|code-signature|false|"lib2.dylib"|codesign --verify --deep --strict --verbose=2 $APP
ips text both body old-text|taskgated|code-signature|false|null|codesign --verify --deep --strict --verbose=2 $APP
ips text both body old-text|constraint|launch-constraint|false|null|codesign --display --verbose=4 $APP
ips text both body old-text|segv|unknown|null|null|
vmmap ruby|malloc|unknown|null|null|
ips text both body|intel|other|false|null|
ips text both body|translated|other|false|null|
ips text both body old-text|exception|unknown|null|null|
ips text both body|regions|unknown|null|null|
END
while IFS='|' read -r forms case cause size detail advice; do
    for form in $forms; do
        python3 "$TESTS/lib/crash_report.py" "$form" "$case" >report
        "$VAFIT" explain report --format json | jq -r '[.cause, .is_size, (.detail | tojson), (.advice | join("; "))] | map(tostring) | join("|")' >found
        echo "$cause|$size|$detail|$advice" >wanted
        expect_same "$form of $case" wanted found
    done
done <table

# The layout does not depend on the form. Maps know the whole of each image: 10 MiB, so that the last ends 4570 MiB above
# 12 GiB, and the 410th is again the first past 16 GiB.
layout() {
    python3 "$TESTS/lib/crash_report.py" "$@" >report
    "$VAFIT" explain report --format json | jq -c '[.layout[]], (.images | length, map(.text_size) == map(.text_size), .[465])'
}
for form in ips body text both ios-text; do
    layout $form malloc >found
    cat >wanted <<'END'
["macos-26",true,17674797056,17179869184,48,15,736]
466
true
{"name":"lib464.dylib","observed":17666408448,"text_size":8388608,"vm_size":null,"predicted":null}
END
    expect_same "the layout from $form" wanted found
done
for form in vmmap ruby; do
    layout $form malloc >found
    sed 's/17674797056/17676894208/; s/"vm_size":null/"vm_size":10485760/' wanted >whole
    expect_same "the layout from $form, with all of each image" whole found
done
# 700 dylibs from 448 GiB on: the last __TEXT ends 6998 MiB above, and 454 GiB are 6144 MiB above: passed from the
# 615th on (6140 + 8), by 86; 27 windows begin every 32 MiB below 854 MiB.
layout ips malloc-27 >found
head -2 found >some
cat >wanted <<'END'
["macos-27",true,488374272000,487478788096,86,27,1088]
709
END
expect_same 'macOS 27' wanted some
for case in intel translated; do
    python3 "$TESTS/lib/crash_report.py" ips $case >report
    run "$VAFIT" explain report
    expect_true "$case: not applicable" test "$(grep -c 'not applicable: ' .out)" = 2
done
# Nobody's name is told.
for form in ips text message; do
    for case in missing missing-at-home null-cache at-home; do
        python3 "$TESTS/lib/crash_report.py" $form $case >report
        { "$VAFIT" explain report -v; "$VAFIT" explain report --format json; } >found
        expect_true "$form of $case has a user's name, which is not told" sh -c 'grep -q alice report && ! grep -q alice found'
    done
done
