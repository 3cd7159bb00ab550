# Programs whose dylibs load each other: each image counts once.
# Labels: quick
. "$(dirname "$0")/../lib/malformed_programs.sh"

program a liba.dylib
library liba.dylib libb.dylib
library libb.dylib liba.dylib
images 'two dylibs that load each other' 3 bin/a
library liba.dylib liba.dylib
images 'a dylib that loads itself' 2 bin/a
run "$VAFIT" check bin/liba.dylib
expect 'a dylib that loads itself, alone' 0 - ''
library liba.dylib a
run "$VAFIT" check bin/a
expect 'a dylib that loads the executable by name' 0 - ''
program b c
program c
run "$VAFIT" check bin/b --format github
expect 'an executable that loads another executable' 3 \
    '::error file=bin/b,title=vafit (arm64%2C macos-26 and macos-27)::unresolved: bin/b asks for @rpath/c, which was not found; tried bin/c (an executable, which cannot be linked against)'

names=()
for i in {1..12}; do names+=("lib$i.dylib"); done
for name in "${names[@]}"; do library "$name" "${names[@]}"; done
program a "${names[@]}"
images 'a dozen dylibs that all load each other' 13 bin/a
