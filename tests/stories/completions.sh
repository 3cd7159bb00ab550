# Completions for bash, zsh and fish: what is committed is what the program prints, and the shells offer what the
# tables hold.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/complete.sh"

expect_printed() {
    run "$VAFIT" completion "$1"
    expect "the script for $1" 0 - ''
    expect_same "completions/$2 is what \`vafit completion $1\` prints" "$COMPLETIONS/$2" .out
}
expect_printed bash vafit.bash
expect_printed zsh _vafit
expect_printed fish vafit.fish
run "$VAFIT" completion csh
expect 'a shell that is not known' 2 '' "vafit: completions are there for bash zsh fish, not for 'csh'
vafit: see \`vafit help completion\`"
run "$VAFIT" completion
expect 'no shell' 2 '' "vafit: completion needs one shell
vafit: see \`vafit help completion\`"
run sh -c '"$0" completion bash >/dev/full' "$VAFIT"
expect 'a script that cannot be written' 4 '' 'vafit: standard output: cannot write: No space left on device'

touch main 'a file' profile.json
mkdir folder commands
printf '#!/bin/sh\n' >commands/zz-linker && chmod +x commands/zz-linker
PATH=$PATH:$PWD/commands

# What the user has typed, with the word at the cursor behind a bar, and all that is offered for it.
cat >.lines <<'END'
vafit | check why explain map sample diff scan align shrink fix consolidate verify link completion help
vafit |c check consolidate completion
vafit help | check why explain map sample diff scan align shrink fix consolidate verify link completion
vafit completion | bash zsh fish
vafit check |--ex --exit-zero
vafit fix |--un --undo --unstripped
vafit check --format | text json sarif github junit
vafit fix --format | text json
vafit diff --format | text markdown json
vafit check a -q --color |a auto always
vafit shrink --level | align lossless debug-map locals symbols
vafit fix --up-to | align lossless debug-map locals symbols exports consolidate lossless+consolidate debug-map+consolidate locals+consolidate symbols+consolidate exports+consolidate
vafit explain --format | text json
vafit explain |pro profile.json
vafit map --format | svg html
vafit map main --against |pro profile.json
vafit sample --format | text json
vafit sample --keep |n none
vafit sample --reports | folder commands
vafit sample --timeout |
vafit sample --launcher |zz- zz-linker
vafit why --arch | arm64 arm64e x86_64 x86_64h
vafit check --profile |macos-2 macos-26 macos-27
vafit check --profile |./p ./profile.json
vafit check --rule |gr growth=error growth=warn growth=off
vafit check --rule |growth=o growth=off
vafit check |--format=js --format=json
vafit check |--rule=growth=w --rule=growth=warn
vafit check --top |
vafit check | main profile.json a?file folder commands
vafit shrink main -o | main profile.json a?file folder commands
vafit check |--output=pro --output=profile.json
vafit scan --as |ma main
vafit check --facts profile.json |ma main
vafit check --sysroot | folder commands
vafit shrink --unstripped | none folder commands
vafit shrink --unstripped |f folder
vafit check -- |ma main
vafit shrink --identity |zz- zz-linker
vafit link --level locals -- |zz- zz-linker
vafit link -- zz-linker |pro profile.json
END

expect_all_offers() {
    local line offers word
    while IFS='|' read -r line offers; do
        word=${offers%% *}
        read -ra offers <<<"${offers#"$word"}"
        expect_offers "$1" "${line% }" "$word" "${offers[@]//\?/ }"
    done <.lines
}
for shell in bash zsh fish; do
    if command -v "$shell" >/dev/null; then expect_all_offers "$shell"; else skip "$shell" "there is no $shell"; fi
done
if [ -r /usr/share/bash-completion/bash_completion ]; then
    BASH_COMPLETION=/usr/share/bash-completion/bash_completion
    expect_offers bash 'vafit check --format' '' text json sarif github junit
    expect_offers bash 'vafit link -- rmdir' '' folder commands
else
    skip 'beside the package bash-completion' 'it is not installed'
fi
