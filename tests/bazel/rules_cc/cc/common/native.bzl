"""A built-in name cannot be bound again in the file that reads it."""

native_cc_common = cc_common
native_cc_info = CcInfo
native_cc_toolchain_config_info = CcToolchainConfigInfo
