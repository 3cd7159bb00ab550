# The command line: what is wrong with it is said in one line, with where to read more.
. "$(dirname "$0")/../lib/story.sh"

run "$VAFIT"
expect 'no verb prints the usage' 2 '' -

run "$VAFIT" --version
expect 'the version' 0 'vafit 0.1.0'

run "$VAFIT" chekc
expect 'an unknown verb' 2 '' "vafit: there is no verb 'chekc'
vafit: see \`vafit help\`"

run "$VAFIT" help chekc
expect 'help for an unknown verb' 2 '' "vafit: there is no verb 'chekc'
vafit: see \`vafit help\`"

run "$VAFIT" help check
expect 'help for a verb' 0 - ''
expect_true 'it lists the options' grep -q -- '--max-growth SIZE' .out
