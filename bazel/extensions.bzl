"""For MODULE.bazel: a vafit that is installed on the machine.

    vafit = use_extension("@vafit//bazel:extensions.bzl", "vafit")
    vafit.prebuilt(path = "/usr/local/bin/vafit")
    use_repo(vafit, "vafit_prebuilt")
    register_toolchains("@vafit_prebuilt//:toolchain")
"""

load(":repositories.bzl", "vafit_prebuilt")

def _vafit_impl(context):
    tags = [tag for module in context.modules if module.is_root for tag in module.tags.prebuilt]
    if len(tags) > 1:
        fail("vafit.prebuilt: one program, please")
    vafit_prebuilt(name = "vafit_prebuilt", path = tags[0].path if tags else "vafit")

vafit = module_extension(
    implementation = _vafit_impl,
    tag_classes = {"prebuilt": tag_class(attrs = {"path": attr.string(default = "vafit")})},
)
