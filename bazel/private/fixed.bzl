"""vafit_fixed: the program with its dylibs, the fewest of them rewritten at the lowest level that makes it fit."""

load(":images.bzl", "VafitImagesInfo", "is_image")
load(
    ":program.bzl",
    "PROGRAM_ATTRS",
    "executable_of",
    "judge_arguments",
    "judge_inputs",
    "named_images",
    "reject",
    "runfiles_of",
    "runtime_images",
)
load(":toolchain.bzl", "TOOLCHAIN_TYPE", "vafit_of")

# Copies each image to where it is to be, and lets vafit rewrite the copies.
_FIX = """
set -u
label=$1 report=$2
shift 2
while [ "$1" != -- ]; do
    cp -L "$1" "$2" && chmod u+w "$2" || exit 4
    shift 2
done
shift
"$@" --in-place --unstripped none --format json --output "$report" && exit
code=$?
echo "$label: vafit fix ended with status $code:" >&2
"$@" --dry-run >&2
exit $code
"""

# The same into one folder, since nobody knows beforehand which images vafit makes of dylibs. It keeps originals, without
# which it would not replace a dylib; the programs as they were linked are still there.
_CONSOLIDATE = """
set -u
label=$1 report=$2 folder=$3
shift 3
while [ "$1" != -- ]; do
    mkdir -p "$(dirname "$folder/$2")" && cp -L "$1" "$folder/$2" && chmod u+w "$folder/$2" || exit 4
    shift 2
done
shift
if "$@" --in-place --format json --output "$report"; then
    find "$folder" -name '*.unstripped' -exec rm {} +
    exit
fi
code=$?
echo "$label: vafit fix ended with status $code:" >&2
"$@" --dry-run >&2
exit $code
"""

# The program in the folder, which is where this script is.
_LAUNCH = """#!/bin/sh
exec "$(dirname "$0")/{program}" "$@"
"""

def _path_in_runfiles(ctx, file):
    """Where the copy of an image is: as in a runfiles tree, so that images find each other."""
    path = file.short_path
    return path[3:] if path.startswith("../") else "%s/%s" % (ctx.workspace_name, path)

def _place(ctx, file):
    """Where the copy of an image is declared."""
    return ctx.actions.declare_file("%s.fixed/%s" % (ctx.label.name, _path_in_runfiles(ctx, file)))

def _images_to_copy(ctx, executable, targets, infos):
    """A dict from path to File.

    Of a dylib with links in _solib_*, where programs look for it, the links are copied in its place: nothing is to be
    loaded twice."""
    images = {file.short_path: file for file in [executable] + named_images(ctx) + runtime_images(targets)}
    for info in infos:
        for file in info.skipped.to_list():
            images.pop(file.short_path, None)
        for entry in info.images.to_list():
            if entry.links and entry.image.short_path in images:
                images.pop(entry.image.short_path)
                images.update({link.short_path: link for link in entry.links})
    return images

def _other_runfiles(executable, targets, infos):
    """What the program finds beside its images when it runs, and keeps."""
    skipped = {file: True for info in infos for file in info.skipped.to_list()}
    files = runfiles_of(targets)
    return [file for file in files if file != executable and (file in skipped or not is_image(file))]

def _level_arguments(ctx):
    if (ctx.attr.keep_exports or ctx.attr.ignore_strings) and not ctx.attr.up_to.startswith("exports"):
        reject(ctx, "up_to", "keep_exports and ignore_strings are for \"exports\"")
    args = ctx.actions.args()
    args.add("--up-to", ctx.attr.up_to)
    for name in ctx.attr.keep_exports:
        args.add("--keep-export", name)
    if ctx.attr.ignore_strings:
        args.add("--ignore-strings")
    return args

def _fix_action(ctx, command, head, operand, images, outputs):
    """Declares the action: `head` names what is copied where, `operand` the copy of the executable."""
    args = ctx.actions.args()
    args.add("--")
    args.add_all([vafit_of(ctx).executable, "fix", operand])
    ctx.actions.run_shell(
        command = command,
        arguments = [head, args, _level_arguments(ctx), judge_arguments(ctx)],
        inputs = images.values() + judge_inputs(ctx),
        tools = [vafit_of(ctx)],
        outputs = outputs,
        mnemonic = "VafitFix",
        progress_message = "Fixing %s for %s" % (executable_of(ctx).short_path, ctx.label),
    )

def _fix_each(ctx, images, report):
    """Every image is an output. Returns the program, and all of them."""
    executable = executable_of(ctx)
    places = {path: _place(ctx, file) for path, file in images.items()}
    args = ctx.actions.args()
    args.add(str(ctx.label))
    args.add(report)
    for path, file in images.items():
        args.add_all([file, places[path]])
    _fix_action(ctx, _FIX, args, places[executable.short_path], images, places.values() + [report])
    return places[executable.short_path], places.values()

def _fix_folder(ctx, images, report):
    """The folder with all images is an output. Returns a script that runs the program in it, and the folder."""
    executable = executable_of(ctx)
    folder = ctx.actions.declare_directory(ctx.label.name + ".fixed")
    args = ctx.actions.args()
    args.add(str(ctx.label))
    args.add(report)
    args.add(folder.path)
    for file in images.values():
        args.add_all([file.path, _path_in_runfiles(ctx, file)])
    program = _path_in_runfiles(ctx, executable)
    _fix_action(ctx, _CONSOLIDATE, args, folder.path + "/" + program, images, [folder, report])
    script = ctx.actions.declare_file(ctx.label.name + ".sh")
    ctx.actions.write(
        script,
        _LAUNCH.format(program = "%s.fixed/%s" % (ctx.label.name.split("/")[-1], program)),
        is_executable = True,
    )
    return script, [folder]

def _vafit_fixed_impl(ctx):
    executable = executable_of(ctx)
    targets = [ctx.attr.executable] + ctx.attr.dylibs
    infos = [target[VafitImagesInfo] for target in targets if VafitImagesInfo in target]
    images = _images_to_copy(ctx, executable, targets, infos)
    report = ctx.actions.declare_file(ctx.label.name + ".json")
    fix = _fix_folder if ctx.attr.up_to.endswith("consolidate") else _fix_each
    program, files = fix(ctx, images, report)
    return [
        DefaultInfo(
            executable = program,
            files = depset(files),
            runfiles = ctx.runfiles(files = files + _other_runfiles(executable, targets, infos)),
        ),
        OutputGroupInfo(report = depset([report])),
    ]

_LEVELS = ["align", "debug-map", "exports", "locals", "lossless", "symbols"]

vafit_fixed = rule(
    implementation = _vafit_fixed_impl,
    attrs = dict(
        PROGRAM_ATTRS,
        up_to = attr.string(
            default = "locals",
            doc = "The highest level that may be used: align, lossless, debug-map, locals, symbols or exports. With " +
                  "+consolidate, or as consolidate alone, dylibs may become one image where that is not enough.",
            values = _LEVELS + ["consolidate"] + [level + "+consolidate" for level in _LEVELS if level != "align"],
        ),
        keep_exports = attr.string_list(
            doc = "With exports: names of exports to keep, with * and ?.",
        ),
        ignore_strings = attr.bool(
            doc = "With exports: keep no export only because a C string names it.",
        ),
    ),
    executable = True,
    toolchains = [TOOLCHAIN_TYPE],
    doc = "A copy of a program and its dylibs that fits, with runfiles that run. NAME.json says what was rewritten.",
)
