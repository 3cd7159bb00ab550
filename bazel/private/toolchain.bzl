"""The tool, as a toolchain."""

# As a string: Bazel before 5 takes no labels for the types of toolchains.
TOOLCHAIN_TYPE = str(Label("//bazel:toolchain_type"))

def vafit_of(ctx):
    """The tool that was chosen for this rule or aspect: a FilesToRunProvider."""
    return ctx.toolchains[TOOLCHAIN_TYPE].vafit

def _vafit_toolchain_impl(ctx):
    return [platform_common.ToolchainInfo(vafit = ctx.attr.tool[DefaultInfo].files_to_run)]

vafit_toolchain = rule(
    implementation = _vafit_toolchain_impl,
    attrs = {
        "tool": attr.label(
            doc = "The program vafit, built or prebuilt, for the machine that runs actions.",
            allow_single_file = True,
            cfg = "exec",
            executable = True,
            mandatory = True,
        ),
    },
    doc = "Makes a program a toolchain of the type //bazel:toolchain_type, for use with toolchain().",
)
