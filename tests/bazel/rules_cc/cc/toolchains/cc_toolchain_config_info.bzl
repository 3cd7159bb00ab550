load("//cc/common:native.bzl", "native_cc_toolchain_config_info")

CcToolchainConfigInfo = native_cc_toolchain_config_info
