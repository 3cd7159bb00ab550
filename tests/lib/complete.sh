# What shells offer on a command line of vafit: each reads the committed file as it is installed, and is asked in
# the way in which a user asks, on a terminal.

COMPLETIONS=$TESTS/../completions

# offers_bash LINE WORD: all that bash offers for WORD behind LINE, one a line. Its M-* puts all into the line.
offers_bash() {
    cat >.bashrc <<END
PS1=
bind 'set match-hidden-files off'
${BASH_COMPLETION:+. '$BASH_COMPLETION'}
. '$COMPLETIONS/vafit.bash'
vafit() { printf '%s\n' "\$@" >.offered; }
END
    : >.offered
    printf '%s %s\e*\nexit\n' "$1" "$2" |
        timeout 60 script -qec 'env INPUTRC=/dev/null bash --noprofile --rcfile .bashrc -i' /dev/null >.terminal 2>&1
    tail -n +$(wc -w <<<"$1") .offered
}

# Likewise zsh, which takes a widget for it.
offers_zsh() {
    mkdir -p .zsh && cp "$COMPLETIONS/_vafit" .zsh/_vafit
    cat >.zsh/.zshrc <<END
PS1= RPS1= fpath=($PWD/.zsh \$fpath)
unsetopt prompt_cr prompt_sp
autoload -Uz compinit && compinit -u -D
zle -C all-matches complete-word _generic
bindkey '^X' all-matches
zstyle ':completion:all-matches:*' insert true
zstyle ':completion:all-matches::::' completer _all_matches _complete
vafit() { printf '%s\n' "\$@" >.offered }
END
    : >.offered
    printf '%s %s\030\nexit\n' "$1" "$2" |
        ZDOTDIR=$PWD/.zsh timeout 60 script -qec 'zsh -d -i' /dev/null >.terminal 2>&1
    tail -n +$(wc -w <<<"$1") .offered
}

# Likewise fish, which says it on request.
offers_fish() {
    HOME=$PWD timeout 60 fish --no-config -c "source $COMPLETIONS/vafit.fish; complete -C '$1 $2'" 2>.terminal | cut -f 1
}

# expect_offers SHELL LINE WORD OFFER...: what it offers is OFFER and nothing else. Options of the program itself are
# offered beside the verbs or not, as is the shell's habit.
expect_offers() {
    local shell=$1 line=$2 word=$3
    shift 3
    printf '%s\n' "$@" | sed '/^$/d' | sort >.expected
    "offers_$shell" "$line" "$word" | sed -e 's|/$||' | grep -vx -e --help -e --version | sort >.really
    expect_same "$shell: $line $word" .expected .really
}
