"""The rules of vafit: what a BUILD file loads.

    load("@vafit//bazel:defs.bzl", "vafit_check")

    vafit_check(
        name = "browser_fits",
        executable = ":browser",
    )

docs/bazel.md describes each.
"""

load("//bazel/private:check.bzl", _vafit_check = "vafit_check", _vafit_test = "vafit_test")
load("//bazel/private:fixed.bzl", _vafit_fixed = "vafit_fixed")
load("//bazel/private:images.bzl", _VafitImagesInfo = "VafitImagesInfo", _vafit_images_aspect = "vafit_images_aspect")
load("//bazel/private:toolchain.bzl", _vafit_toolchain = "vafit_toolchain")

vafit_check = _vafit_check
vafit_test = _vafit_test
vafit_fixed = _vafit_fixed
vafit_toolchain = _vafit_toolchain
vafit_images_aspect = _vafit_images_aspect
VafitImagesInfo = _VafitImagesInfo
