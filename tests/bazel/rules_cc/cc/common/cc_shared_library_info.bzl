# Bazel 4 has no cc_shared_library.
CcSharedLibraryInfo = None
