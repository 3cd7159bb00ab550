"""What Bazel 4 has built in, under the names that later ones load it by."""

def _native(name):
    return getattr(native, name)

cc_binary = _native("cc_binary")
cc_import = _native("cc_import")
cc_library = _native("cc_library")
cc_test = _native("cc_test")
cc_toolchain = _native("cc_toolchain")
cc_toolchain_suite = _native("cc_toolchain_suite")
