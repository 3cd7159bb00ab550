"""A name of the built-in ones cannot be bound again in the file that reads it."""

native_cc_info = CcInfo
