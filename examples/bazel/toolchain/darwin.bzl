"""clang 19 and ld64.lld 19 as a toolchain for macOS, on a machine that is no Mac."""

load("@rules_cc//cc:action_names.bzl", "ACTION_NAMES")
load(
    "@rules_cc//cc:cc_toolchain_config_lib.bzl",
    "action_config",
    "artifact_name_pattern",
    "env_entry",
    "env_set",
    "feature",
    "flag_group",
    "flag_set",
    "tool",
    "variable_with_value",
)
load("@rules_cc//cc/common:cc_common.bzl", "cc_common")
load("@rules_cc//cc/toolchains:cc_toolchain_config_info.bzl", "CcToolchainConfigInfo")

_COMPILE = [ACTION_NAMES.c_compile, ACTION_NAMES.cpp_compile, ACTION_NAMES.assemble, ACTION_NAMES.preprocess_assemble]

_DYLIB = [ACTION_NAMES.cpp_link_dynamic_library, ACTION_NAMES.cpp_link_nodeps_dynamic_library]

_LINK = _DYLIB + [ACTION_NAMES.cpp_link_executable]

_ARCHIVE = [ACTION_NAMES.cpp_link_static_library]

def _flags(actions, flags, **kwargs):
    return flag_set(actions = actions, flag_groups = [flag_group(flags = flags, **kwargs)])

def _each(actions, flags, variable):
    return _flags(actions, flags, iterate_over = variable, expand_if_available = variable)

def _library(kind, flag = "%{libraries_to_link.name}"):
    return flag_group(
        flags = [flag],
        expand_if_equal = variable_with_value(name = "libraries_to_link.type", value = kind),
    )

def _archive(condition, flag):
    """Whether all of a static library is taken is a condition of its own."""
    return flag_group(
        flag_groups = [flag_group(flags = [flag], **{condition: "libraries_to_link.is_whole_archive"})],
        expand_if_equal = variable_with_value(name = "libraries_to_link.type", value = "static_library"),
    )

def _compile_flags(target):
    return [
        _flags(_COMPILE, ["--target=" + target, "-O1", "-g", "-fno-stack-protector", "-fno-exceptions", "-nostdinc++"]),
        _flags([ACTION_NAMES.cpp_compile], ["-std=c++17", "-ftemplate-depth=2000"]),
        # No path of this machine in debug information.
        _flags(_COMPILE, ["-ffile-compilation-dir=."]),
        _flags(_COMPILE, ["-MD", "-MF", "%{dependency_file}"], expand_if_available = "dependency_file"),
        _each(_COMPILE, ["-iquote", "%{quote_include_paths}"], "quote_include_paths"),
        _each(_COMPILE, ["-I%{include_paths}"], "include_paths"),
        _each(_COMPILE, ["-isystem", "%{system_include_paths}"], "system_include_paths"),
        _each(_COMPILE, ["-D%{preprocessor_defines}"], "preprocessor_defines"),
        _each(_COMPILE, ["%{user_compile_flags}"], "user_compile_flags"),
        _flags(_COMPILE, ["-c", "%{source_file}"], expand_if_available = "source_file"),
        _flags(_COMPILE, ["-o", "%{output_file}"], expand_if_available = "output_file"),
    ]

def _link_flags(target):
    libraries = [_library(kind) for kind in ("object_file", "interface_library")] + [
        _library("dynamic_library", "-l%{libraries_to_link.name}"),
        _archive("expand_if_false", "%{libraries_to_link.name}"),
        _archive("expand_if_true", "-Wl,-force_load,%{libraries_to_link.name}"),
    ]
    return [
        _flags(_LINK, ["--target=" + target, "-fuse-ld=lld", "-nostdlib", "-isysroot", "sdk", "-lSystem"]),
        # Of a cc_library alone: what it needs of others is there when the program runs.
        _flags(_DYLIB, ["-dynamiclib", "-Wl,-undefined,dynamic_lookup"]),
        _flags(_DYLIB, ["-install_name", "@rpath/%{runtime_solib_name}"], expand_if_available = "runtime_solib_name"),
        _each(
            _LINK,
            ["-Wl,-rpath,@loader_path/%{runtime_library_search_directories}"],
            "runtime_library_search_directories",
        ),
        _flags(_LINK, ["-o", "%{output_execpath}"], expand_if_available = "output_execpath"),
        _each(_LINK, ["-L%{library_search_directories}"], "library_search_directories"),
        flag_set(actions = _LINK, flag_groups = [flag_group(
            iterate_over = "libraries_to_link",
            expand_if_available = "libraries_to_link",
            flag_groups = libraries + [flag_group(
                iterate_over = "libraries_to_link.object_files",
                flags = ["%{libraries_to_link.object_files}"],
                expand_if_equal = variable_with_value(name = "libraries_to_link.type", value = "object_file_group"),
            )],
        )]),
        _each(_LINK, ["%{user_link_flags}"], "user_link_flags"),
    ]

def _archive_flags():
    return [
        _flags(_ARCHIVE, ["rcsD", "%{output_execpath}"], expand_if_available = "output_execpath"),
        flag_set(actions = _ARCHIVE, flag_groups = [flag_group(
            iterate_over = "libraries_to_link",
            expand_if_available = "libraries_to_link",
            flag_groups = [_library("object_file"), flag_group(
                iterate_over = "libraries_to_link.object_files",
                flags = ["%{libraries_to_link.object_files}"],
                expand_if_equal = variable_with_value(name = "libraries_to_link.type", value = "object_file_group"),
            )],
        )]),
    ]

def _tools(actions, path):
    return [action_config(action_name = name, enabled = True, tools = [tool(path = path)]) for name in actions]

def _darwin_toolchain_config_impl(ctx):
    target = ctx.attr.arch + "-apple-macos13"
    stub = env_set(actions = _DYLIB, env_entries = [
        env_entry(key = "STUB", value = "%{interface_library_output_path}"),
        env_entry(key = "DYLIB", value = "%{interface_library_input_path}"),
    ])
    flags = _compile_flags(target) + _link_flags(target) + _archive_flags()
    return cc_common.create_cc_toolchain_config_info(
        ctx = ctx,
        abi_libc_version = "macos",
        abi_version = "macos",
        action_configs = _tools(_COMPILE, "/usr/bin/clang-19") + _tools(_LINK, "link.sh") +
                         _tools(_ARCHIVE, "/usr/bin/llvm-ar-19") + _tools([ACTION_NAMES.strip], "/usr/bin/llvm-strip-19"),
        artifact_name_patterns = [
            artifact_name_pattern("dynamic_library", "lib", ".dylib"),
            artifact_name_pattern("interface_library", "lib", ".tbd"),
        ],
        compiler = "clang",
        cxx_builtin_include_directories = ["/usr/lib/llvm-19/lib/clang/19/include"],
        features = [
            feature(name = "no_legacy_features", enabled = True),
            # link.sh makes the stubs, in place of Bazel's own script.
            feature(name = "has_configured_linker_path", enabled = True),
            feature(name = "supports_dynamic_linker", enabled = True),
            feature(name = "supports_interface_shared_libraries", enabled = True),
            feature(name = "darwin", enabled = True, env_sets = [stub], flag_sets = flags),
        ],
        host_system_name = "linux",
        target_cpu = "darwin_" + ctx.attr.arch,
        target_libc = "macos",
        target_system_name = target,
        toolchain_identifier = "darwin_" + ctx.attr.arch,
    )

darwin_toolchain_config = rule(
    implementation = _darwin_toolchain_config_impl,
    attrs = {"arch": attr.string(mandatory = True, values = ["arm64", "x86_64"])},
    provides = [CcToolchainConfigInfo],
)
