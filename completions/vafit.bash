# bash completion for vafit, printed by `vafit completion bash`.
# shellcheck shell=bash

_vafit_verbs='check why explain map sample diff scan align shrink fix consolidate verify link completion'

# The options of the verb $1.
_vafit_options() {
    case $1 in
    check) echo '-o --output --depfile --arch --sysroot --search --program --insert --facts --allow-missing --profile --limit --headroom --rule --format --compact --warn-at --metrics --baseline --max-growth --update-baseline --top --top-names --advice --exit-zero --color -j --jobs -q --quiet -v --verbose --help' ;;
    why) echo '-o --output --depfile --arch --sysroot --search --program --insert --facts --format -v --verbose --color --help' ;;
    explain) echo '-o --output --depfile --arch --sysroot --search --program --insert --facts --format -v --verbose --color --help' ;;
    map) echo '-o --output --depfile --arch --sysroot --search --program --insert --facts --allow-missing --profile --limit --headroom --rule --against --format --color -j --jobs --help' ;;
    sample) echo '-o --output --depfile --arch --sysroot --search --program --insert --facts --format --launches --timeout --profile --launcher --reports --keep --color --help' ;;
    diff) echo '-o --output --depfile --format --max-growth --top --color --help' ;;
    scan) echo '-o --output --depfile --as -j --jobs --color --help' ;;
    align) echo '--in-place --out-dir --check --undo --unstripped --identity --drop-unclaimed --no-verify -j --jobs -q --quiet --color --help' ;;
    shrink) echo '-o --output --out-dir --in-place --level --plan --dry-run --format --unstripped --identity --drop-unclaimed --no-verify -j --jobs -q --quiet --color --help' ;;
    fix) echo '--in-place --out-dir --undo --dry-run --plan --up-to --keep-export --ignore-strings --assume-closed --memory --format -o --output --depfile --arch --sysroot --search --program --insert --facts --allow-missing --profile --limit --headroom --rule --unstripped --identity --drop-unclaimed --no-verify -j --jobs -q --quiet --color --help' ;;
    consolidate) echo '--in-place --out-dir --undo --dry-run --group --exclude --no-stubs --unstripped --identity --memory -j --jobs -q --quiet --format -o --output --depfile --arch --sysroot --search --program --insert --facts --color --help' ;;
    verify) echo '--against --level --drop-unclaimed -q --quiet --color --help' ;;
    link) echo '--level --if-needed --plan --allow-missing --profile --limit --headroom --rule --unstripped --identity --drop-unclaimed --no-verify -j --jobs -q --quiet --color --help' ;;
    completion) echo '--color --help' ;;
    esac
}

# Sets words and kind to what the option $2 of the verb $1 takes. False when it takes nothing.
_vafit_argument() {
    case $1:$2 in
    check:--output | check:-o) kind='files' words='' ;;
    check:--depfile) kind='files' words='' ;;
    check:--arch) kind='' words='arm64 arm64e x86_64 x86_64h' ;;
    check:--sysroot) kind='folders' words='' ;;
    check:--search) kind='folders' words='' ;;
    check:--program) kind='files' words='' ;;
    check:--insert) kind='files' words='' ;;
    check:--facts) kind='files' words='' ;;
    check:--allow-missing) kind='' words='' ;;
    check:--profile) kind='files' words='macos-26 macos-27 macos-15' ;;
    check:--limit) kind='' words='' ;;
    check:--headroom) kind='' words='' ;;
    check:--rule) kind='' words='image-sum=error image-sum=warn image-sum=off malloc-window=error malloc-window=warn malloc-window=off shared-region=error shared-region=warn shared-region=off image-size=error image-size=warn image-size=off linkedit-alignment=error linkedit-alignment=warn linkedit-alignment=off unresolved=error unresolved=warn unresolved=off growth=error growth=warn growth=off' ;;
    check:--format) kind='' words='text json sarif github junit' ;;
    check:--warn-at) kind='' words='' ;;
    check:--metrics) kind='files' words='' ;;
    check:--baseline) kind='files' words='' ;;
    check:--max-growth) kind='' words='' ;;
    check:--top) kind='' words='' ;;
    check:--top-names) kind='' words='' ;;
    check:--advice) kind='' words='auto always never' ;;
    check:--color) kind='' words='auto always never' ;;
    check:--jobs | check:-j) kind='' words='' ;;
    why:--output | why:-o) kind='files' words='' ;;
    why:--depfile) kind='files' words='' ;;
    why:--arch) kind='' words='arm64 arm64e x86_64 x86_64h' ;;
    why:--sysroot) kind='folders' words='' ;;
    why:--search) kind='folders' words='' ;;
    why:--program) kind='files' words='' ;;
    why:--insert) kind='files' words='' ;;
    why:--facts) kind='files' words='' ;;
    why:--format) kind='' words='text json' ;;
    why:--color) kind='' words='auto always never' ;;
    explain:--output | explain:-o) kind='files' words='' ;;
    explain:--depfile) kind='files' words='' ;;
    explain:--arch) kind='' words='arm64 arm64e x86_64 x86_64h' ;;
    explain:--sysroot) kind='folders' words='' ;;
    explain:--search) kind='folders' words='' ;;
    explain:--program) kind='files' words='' ;;
    explain:--insert) kind='files' words='' ;;
    explain:--facts) kind='files' words='' ;;
    explain:--format) kind='' words='text json' ;;
    explain:--color) kind='' words='auto always never' ;;
    map:--output | map:-o) kind='files' words='' ;;
    map:--depfile) kind='files' words='' ;;
    map:--arch) kind='' words='arm64 arm64e x86_64 x86_64h' ;;
    map:--sysroot) kind='folders' words='' ;;
    map:--search) kind='folders' words='' ;;
    map:--program) kind='files' words='' ;;
    map:--insert) kind='files' words='' ;;
    map:--facts) kind='files' words='' ;;
    map:--allow-missing) kind='' words='' ;;
    map:--profile) kind='files' words='macos-26 macos-27 macos-15' ;;
    map:--limit) kind='' words='' ;;
    map:--headroom) kind='' words='' ;;
    map:--rule) kind='' words='image-sum=error image-sum=warn image-sum=off malloc-window=error malloc-window=warn malloc-window=off shared-region=error shared-region=warn shared-region=off image-size=error image-size=warn image-size=off linkedit-alignment=error linkedit-alignment=warn linkedit-alignment=off unresolved=error unresolved=warn unresolved=off growth=error growth=warn growth=off' ;;
    map:--against) kind='files' words='' ;;
    map:--format) kind='' words='svg html' ;;
    map:--color) kind='' words='auto always never' ;;
    map:--jobs | map:-j) kind='' words='' ;;
    sample:--output | sample:-o) kind='files' words='' ;;
    sample:--depfile) kind='files' words='' ;;
    sample:--arch) kind='' words='arm64 arm64e x86_64 x86_64h' ;;
    sample:--sysroot) kind='folders' words='' ;;
    sample:--search) kind='folders' words='' ;;
    sample:--program) kind='files' words='' ;;
    sample:--insert) kind='files' words='' ;;
    sample:--facts) kind='files' words='' ;;
    sample:--format) kind='' words='text json' ;;
    sample:--launches) kind='' words='' ;;
    sample:--timeout) kind='' words='' ;;
    sample:--profile) kind='files' words='macos-26 macos-27 macos-15' ;;
    sample:--launcher) kind='commands' words='' ;;
    sample:--reports) kind='folders' words='' ;;
    sample:--keep) kind='files' words='none' ;;
    sample:--color) kind='' words='auto always never' ;;
    diff:--output | diff:-o) kind='files' words='' ;;
    diff:--depfile) kind='files' words='' ;;
    diff:--format) kind='' words='text markdown json' ;;
    diff:--max-growth) kind='' words='' ;;
    diff:--top) kind='' words='' ;;
    diff:--color) kind='' words='auto always never' ;;
    scan:--output | scan:-o) kind='files' words='' ;;
    scan:--depfile) kind='files' words='' ;;
    scan:--as) kind='files' words='' ;;
    scan:--jobs | scan:-j) kind='' words='' ;;
    scan:--color) kind='' words='auto always never' ;;
    align:--out-dir) kind='folders' words='' ;;
    align:--unstripped) kind='folders' words='none' ;;
    align:--identity) kind='commands' words='' ;;
    align:--jobs | align:-j) kind='' words='' ;;
    align:--color) kind='' words='auto always never' ;;
    shrink:--output | shrink:-o) kind='files' words='' ;;
    shrink:--out-dir) kind='folders' words='' ;;
    shrink:--level) kind='' words='align lossless debug-map locals symbols' ;;
    shrink:--plan) kind='files' words='' ;;
    shrink:--format) kind='' words='text json' ;;
    shrink:--unstripped) kind='folders' words='none' ;;
    shrink:--identity) kind='commands' words='' ;;
    shrink:--jobs | shrink:-j) kind='' words='' ;;
    shrink:--color) kind='' words='auto always never' ;;
    fix:--out-dir) kind='folders' words='' ;;
    fix:--plan) kind='files' words='' ;;
    fix:--up-to) kind='' words='align lossless debug-map locals symbols exports consolidate lossless+consolidate debug-map+consolidate locals+consolidate symbols+consolidate exports+consolidate' ;;
    fix:--keep-export) kind='' words='' ;;
    fix:--memory) kind='' words='' ;;
    fix:--format) kind='' words='text json' ;;
    fix:--output | fix:-o) kind='files' words='' ;;
    fix:--depfile) kind='files' words='' ;;
    fix:--arch) kind='' words='arm64 arm64e x86_64 x86_64h' ;;
    fix:--sysroot) kind='folders' words='' ;;
    fix:--search) kind='folders' words='' ;;
    fix:--program) kind='files' words='' ;;
    fix:--insert) kind='files' words='' ;;
    fix:--facts) kind='files' words='' ;;
    fix:--allow-missing) kind='' words='' ;;
    fix:--profile) kind='files' words='macos-26 macos-27 macos-15' ;;
    fix:--limit) kind='' words='' ;;
    fix:--headroom) kind='' words='' ;;
    fix:--rule) kind='' words='image-sum=error image-sum=warn image-sum=off malloc-window=error malloc-window=warn malloc-window=off shared-region=error shared-region=warn shared-region=off image-size=error image-size=warn image-size=off linkedit-alignment=error linkedit-alignment=warn linkedit-alignment=off unresolved=error unresolved=warn unresolved=off growth=error growth=warn growth=off' ;;
    fix:--unstripped) kind='folders' words='none' ;;
    fix:--identity) kind='commands' words='' ;;
    fix:--jobs | fix:-j) kind='' words='' ;;
    fix:--color) kind='' words='auto always never' ;;
    consolidate:--out-dir) kind='folders' words='' ;;
    consolidate:--group) kind='' words='' ;;
    consolidate:--exclude) kind='' words='' ;;
    consolidate:--unstripped) kind='folders' words='' ;;
    consolidate:--identity) kind='commands' words='' ;;
    consolidate:--memory) kind='' words='' ;;
    consolidate:--jobs | consolidate:-j) kind='' words='' ;;
    consolidate:--format) kind='' words='text json' ;;
    consolidate:--output | consolidate:-o) kind='files' words='' ;;
    consolidate:--depfile) kind='files' words='' ;;
    consolidate:--arch) kind='' words='arm64 arm64e x86_64 x86_64h' ;;
    consolidate:--sysroot) kind='folders' words='' ;;
    consolidate:--search) kind='folders' words='' ;;
    consolidate:--program) kind='files' words='' ;;
    consolidate:--insert) kind='files' words='' ;;
    consolidate:--facts) kind='files' words='' ;;
    consolidate:--color) kind='' words='auto always never' ;;
    verify:--against) kind='files' words='' ;;
    verify:--level) kind='' words='align lossless debug-map locals symbols exports' ;;
    verify:--color) kind='' words='auto always never' ;;
    link:--level) kind='' words='align lossless debug-map locals symbols' ;;
    link:--plan) kind='files' words='' ;;
    link:--allow-missing) kind='' words='' ;;
    link:--profile) kind='files' words='macos-26 macos-27 macos-15' ;;
    link:--limit) kind='' words='' ;;
    link:--headroom) kind='' words='' ;;
    link:--rule) kind='' words='image-sum=error image-sum=warn image-sum=off malloc-window=error malloc-window=warn malloc-window=off shared-region=error shared-region=warn shared-region=off image-size=error image-size=warn image-size=off linkedit-alignment=error linkedit-alignment=warn linkedit-alignment=off unresolved=error unresolved=warn unresolved=off growth=error growth=warn growth=off' ;;
    link:--unstripped) kind='folders' words='none' ;;
    link:--identity) kind='commands' words='' ;;
    link:--jobs | link:-j) kind='' words='' ;;
    link:--color) kind='' words='auto always never' ;;
    completion:--color) kind='' words='auto always never' ;;
    *) return 1 ;;
    esac
}

# Sets words and kind to what the verb $1 is about.
_vafit_operand() {
    kind=files words=''
    case $1 in
    help) kind='' words=$_vafit_verbs ;;
    completion) kind='' words=' bash zsh fish' ;;
    link) kind='' words=-- ;;
    esac
}

# Sets line to the words up to the cursor; bash takes --format=json for three.
_vafit_line() {
    local i word
    line=() separator=0
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if ((i > 1)) && [[ $word == = || ${COMP_WORDS[i - 1]} == = ]]; then
            line[${#line[@]} - 1]+=$word
        else
            line[${#line[@]}]=$word
        fi
        if [[ $word == -- ]] && ((separator == 0 && i < COMP_CWORD)); then separator=$i; fi
    done
}

# Offers those of the words that begin with $1. Where bash parts words at "=" it wants what
# stands behind the last.
_vafit_offer_words() {
    local word before=''
    if [[ $COMP_WORDBREAKS == *=* ]]; then
        before=${1%"${1##*=}"}
        prefix=''
    fi
    for word in $words; do
        if [[ $word == "$1"* ]]; then COMPREPLY[${#COMPREPLY[@]}]=$prefix${word#"$before"}; fi
    done
}

# Lets bash offer names of files, folders or commands that begin with $1; it knows how to quote
# them. Before bash 4 there is no compopt.
_vafit_offer_kind() {
    case $kind in
    files) compopt -o default 2>/dev/null || COMPREPLY+=($(compgen -f -- "$1")) ;;
    folders) compopt -o plusdirs 2>/dev/null || COMPREPLY+=($(compgen -d -- "$1")) ;;
    commands) COMPREPLY+=($(compgen -c -- "$1")) ;;
    esac
}

# What stands behind "--": operands, or a command with completions of its own.
_vafit_behind_separator() {
    if [[ $kind != '' ]]; then
        _vafit_offer_kind "$1"
    elif declare -F _command_offset >/dev/null; then
        _command_offset $((separator + 1))
    else
        kind=files
        if ((COMP_CWORD == separator + 1)); then kind=commands; fi
        _vafit_offer_kind "$1"
    fi
}

_vafit() {
    local line separator words kind prefix='' current previous verb
    COMPREPLY=()
    _vafit_line
    current=${line[${#line[@]} - 1]} previous=${line[${#line[@]} - 2]} verb=${line[1]}
    if ((${#line[@]} == 2)); then
        words="$_vafit_verbs help --help --version"
        _vafit_offer_words "$current"
        return
    fi
    _vafit_operand "$verb"
    if ((separator > 0)); then
        _vafit_behind_separator "$current"
        return
    fi
    if [[ $current == --*=* ]] && _vafit_argument "$verb" "${current%%=*}"; then
        prefix=${current%%=*}= current=${current#*=}
    elif _vafit_argument "$verb" "$previous"; then
        :
    elif [[ $current == -* ]]; then
        kind='' words=$(_vafit_options "$verb")
    fi
    _vafit_offer_words "$current"
    _vafit_offer_kind "$current"
}

complete -F _vafit vafit
