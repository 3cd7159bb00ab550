# Workspaces of Debian's Bazel 4.2.3, which has no network: what later ones would fetch comes from its packages and from
# tests/bazel.
BAZEL_PACKAGES=/usr/share/bazel

# bazel_there: whether Bazel can be run here, and if not why.
bazel_there() {
    local folder
    command -v bazel >/dev/null || { echo 'there is no bazel: apt-get install bazel-bootstrap'; return 1; }
    for folder in rules/java rules/proto platforms; do
        [ -d $BAZEL_PACKAGES/$folder ] || { echo "there is no $BAZEL_PACKAGES/$folder"; return 1; }
    done
}

# bazel_workspace FOLDER: a copy of the example, with the tests' own packages in it.
bazel_workspace() {
    mkdir -p "$1"
    cp -r "$TESTS/../examples/bazel/." "$TESTS/bazel/kinds" "$TESTS/bazel/bad" "$1/"
    rm -f "$1"/bazel-*
}

# bazel_in FOLDER COMMAND ARGUMENT...: with $VAFIT as what @vafit_prebuilt has.
bazel_in() {
    local folder=$1 command=$2
    shift 2
    (cd "$folder" && HOME=$WORK bazel --nohome_rc --nosystem_rc --install_base=$BAZEL_PACKAGES --trust_install_base \
        --output_user_root="$WORK/bazel" --max_idle_secs=60 "$command" \
        --config=before7 --nosandbox_debug --noshow_progress --color=no --host_javabase=@local_jdk//:jdk \
        --override_repository=vafit="$(cd "$TESTS/.." && pwd)" \
        --override_repository=rules_cc="$TESTS/bazel/rules_cc" \
        --override_repository=rules_java=$BAZEL_PACKAGES/rules/java \
        --override_repository=rules_proto=$BAZEL_PACKAGES/rules/proto \
        --override_repository=platforms=$BAZEL_PACKAGES/platforms \
        --override_repository=remote_coverage_tools="$TESTS/bazel/coverage" \
        --repo_env=VAFIT="$VAFIT" "$@")
}

# bazel_end FOLDER...: ends the servers of these workspaces.
bazel_end() {
    local folder
    for folder; do
        (cd "$folder" && HOME=$WORK bazel --nohome_rc --nosystem_rc --install_base=$BAZEL_PACKAGES --trust_install_base \
            --output_user_root="$WORK/bazel" --max_idle_secs=60 shutdown) >/dev/null 2>&1
    done
}

# bazel_actions: what a build with --subcommands ran, from its messages.
bazel_actions() {
    sed -n "s/^SUBCOMMAND: .*\[action '\([^']*\)'.*/\1/p" | LC_ALL=C sort
}
