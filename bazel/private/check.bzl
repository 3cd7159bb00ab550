"""vafit_check and vafit_test: the verdict, from the facts of the images alone."""

load(":program.bzl", "PROGRAM_ATTRS", "executable_of", "images_of", "judge_arguments", "judge_inputs")
load(":toolchain.bzl", "TOOLCHAIN_TYPE", "vafit_of")

# Makes the report, the text and the exit status. A program that does not fit is no failure yet.
_JUDGE = """
label=$1 report=$2 text=$3 status=$4
shift 4
"$@" --format json --output "$report" --exit-zero || {
    code=$?
    echo "$label: vafit check ended with status $code" >&2
    exit $code
}
"$@" --color never >"$text" 2>&1
echo $? >"$status"
"""

# Fails where the program does not fit; otherwise says what it was warned of.
_VERDICT = """
label=$1 text=$2 status=$(cat "$3") verdict=$4
case $status in
0) ;;
1) echo "$label: does not fit:" ;;
*) echo "$label: cannot be judged:" ;;
esac
if [ "$status" != 0 ]; then
    cat "$text"
    exit "$status"
fi
grep '^  warning:' "$text" | sed "s|^ |$label:|"
echo fits >"$verdict"
"""

# Prints the verdict that the build came to. Paths are those in the runfiles.
_TEST = """#!/bin/sh
cat '{text}'
if [ -n "${{TEST_UNDECLARED_OUTPUTS_DIR-}}" ]; then
    cp '{report}' "$TEST_UNDECLARED_OUTPUTS_DIR/vafit.json"
fi
exit "$(cat '{status}')"
"""

def _judge(ctx):
    """Declares the actions up to the verdict. Returns the Files report, text and status, and all facts."""
    executable = executable_of(ctx)
    facts = [entry.facts for entry in images_of(ctx, executable)]
    outcome = struct(
        report = ctx.actions.declare_file(ctx.label.name + ".json"),
        text = ctx.actions.declare_file(ctx.label.name + ".txt"),
        status = ctx.actions.declare_file(ctx.label.name + ".status"),
        facts = depset(facts),
    )
    head = ctx.actions.args()
    head.add(str(ctx.label))
    head.add_all([outcome.report, outcome.text, outcome.status, vafit_of(ctx).executable])
    head.add_all(["check", executable.short_path])
    listed = ctx.actions.args()
    listed.add_all(facts)
    listed.set_param_file_format("shell")
    listed.use_param_file("@%s", use_always = True)
    ctx.actions.run_shell(
        command = _JUDGE,
        arguments = [head, judge_arguments(ctx), "--facts", listed],
        inputs = facts + judge_inputs(ctx),
        tools = [vafit_of(ctx)],
        outputs = [outcome.report, outcome.text, outcome.status],
        mnemonic = "VafitCheck",
        progress_message = "Judging %s for %s" % (executable.short_path, ctx.label),
    )
    return outcome

def _vafit_check_impl(ctx):
    outcome = _judge(ctx)
    verdict = ctx.actions.declare_file(ctx.label.name + ".verdict")
    args = ctx.actions.args()
    args.add(str(ctx.label))
    args.add_all([outcome.text, outcome.status, verdict])
    ctx.actions.run_shell(
        command = _VERDICT,
        arguments = [args],
        inputs = [outcome.text, outcome.status],
        outputs = [verdict],
        mnemonic = "VafitVerdict",
        progress_message = "Reading the verdict of %s" % ctx.label,
    )
    return [
        DefaultInfo(files = depset([outcome.report])),
        OutputGroupInfo(
            _validation = depset([verdict]),
            facts = outcome.facts,
            text = depset([outcome.text]),
            verdict = depset([verdict]),
        ),
    ]

vafit_check = rule(
    implementation = _vafit_check_impl,
    attrs = PROGRAM_ATTRS,
    toolchains = [TOOLCHAIN_TYPE],
    doc = "Fails the build when a program does not fit in the address space. Makes NAME.json, the report.",
)

def _vafit_test_impl(ctx):
    outcome = _judge(ctx)
    script = ctx.actions.declare_file(ctx.label.name + ".sh")
    ctx.actions.write(
        script,
        _TEST.format(
            report = outcome.report.short_path,
            status = outcome.status.short_path,
            text = outcome.text.short_path,
        ),
        is_executable = True,
    )
    runfiles = ctx.runfiles(files = [outcome.report, outcome.status, outcome.text])
    return [
        DefaultInfo(executable = script, files = depset([script, outcome.report]), runfiles = runfiles),
        OutputGroupInfo(facts = outcome.facts, text = depset([outcome.text])),
    ]

vafit_test = rule(
    implementation = _vafit_test_impl,
    attrs = PROGRAM_ATTRS,
    test = True,
    toolchains = [TOOLCHAIN_TYPE],
    doc = "A test that fails when a program does not fit in the address space.",
)
