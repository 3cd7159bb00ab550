# The rule unresolved: who asked for what is not there, and where it was looked for.
# Labels: quick
. "$(dirname "$0")/../lib/rules.sh"

says 'unresolved holds' unresolved 0 'pass null null null every dylib was found' two
mkdir -p a.framework
image folder.dylib --type dylib --id @rpath/folder.dylib --arch x86_64 --text 16384
image lost --text 16384 --rpath @loader_path/x --rpath @executable_path --rpath /usr/lib/swift \
    --load @rpath/gone.dylib --load @rpath/folder.dylib --load @rpath/two --weak @rpath/weak.dylib
says 'unresolved names who asked and every path tried' unresolved 3 \
    'error null null null lost asks for @rpath/gone.dylib, which was not found; tried x/gone.dylib (no such file), gone.dylib (no such file), /usr/lib/swift/gone.dylib (not looked for in the shared cache)
error null null null lost asks for @rpath/folder.dylib, which was not found; tried x/folder.dylib (no such file), folder.dylib (no arm64 slice, only x86_64), /usr/lib/swift/folder.dylib (not looked for in the shared cache)
error null null null lost asks for @rpath/two, which was not found; tried x/two (no such file), two (an executable, which cannot be linked against), /usr/lib/swift/two (not looked for in the shared cache)' lost
says 'what may be missing is no finding' unresolved 0 'pass null null null every dylib was found' \
    lost --allow-missing '@rpath/g*' --allow-missing '@rpath/folder.dylib' --allow-missing '*two'
run "$VAFIT" check lost --format json --exit-zero
expect_true 'the report lists weak and allowed ones too' test \
    "$(jq -c '[.programs[0].unresolved[] | [.name, .loaded_by, .weak]]' .out)" = \
    '[["@rpath/gone.dylib","lost",false],["@rpath/folder.dylib","lost",false],["@rpath/two","lost",false],["@rpath/weak.dylib","lost",true]]'
image nowhere --text 16384 --load @rpath/gone.dylib
says 'unresolved without any LC_RPATH' unresolved 3 \
    'error null null null nowhere asks for @rpath/gone.dylib, which was not found; tried nothing, since no image on the way has an LC_RPATH' nowhere
executable both 1024 --load @rpath/lib1.dylib --load @rpath/lib2.dylib --load @rpath/lib3.dylib \
    --load @rpath/gone.dylib
run "$VAFIT" check both
expect 'what exceeds a limit does so whatever is missing' 1 - ''
