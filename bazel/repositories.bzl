"""A vafit that is installed on the machine, as a repository with a toolchain in it."""

_BUILD = """
load("@vafit//bazel:defs.bzl", "vafit_toolchain")

exports_files(["vafit"])

vafit_toolchain(
    name = "prebuilt",
    tool = "vafit",
)

toolchain(
    name = "toolchain",
    toolchain = ":prebuilt",
    toolchain_type = "@vafit//bazel:toolchain_type",
)
"""

def _vafit_prebuilt_impl(repository):
    name = repository.os.environ.get("VAFIT") or repository.attr.path
    path = repository.path(name) if name.startswith("/") else repository.which(name)
    if not path or not path.exists:
        fail("@%s: there is no program %s; set its path, or --repo_env=VAFIT=PATH" % (repository.name, name))
    repository.symlink(path, "vafit")
    repository.file("BUILD.bazel", _BUILD)
    repository.file("WORKSPACE.bazel", "")

vafit_prebuilt = repository_rule(
    implementation = _vafit_prebuilt_impl,
    attrs = {
        "path": attr.string(
            default = "vafit",
            doc = "The program: an absolute path, or a name to look up in PATH. The environment's VAFIT goes before it.",
        ),
    },
    environ = ["VAFIT"],
    local = True,
    doc = "Register @NAME//:toolchain to use it.",
)
