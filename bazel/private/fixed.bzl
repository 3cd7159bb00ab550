"""vafit_fixed: the program with its dylibs, the fewest of them rewritten at the lowest level that makes it fit."""

load(":images.bzl", "VafitImagesInfo")
load(
    ":program.bzl",
    "PROGRAM_ATTRS",
    "executable_of",
    "judge_arguments",
    "judge_inputs",
    "named_images",
    "reject",
    "runtime_images",
)
load(":toolchain.bzl", "TOOLCHAIN_TYPE", "vafit_of")

_LEVELS = ["debug-map", "locals", "lossless", "symbols"]

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

def _place(ctx, file):
    """Where the copy of an image is declared: as in a runfiles tree, so that images find each other."""
    path = file.short_path
    path = path[3:] if path.startswith("../") else "%s/%s" % (ctx.workspace_name, path)
    return ctx.actions.declare_file("%s.fixed/%s" % (ctx.label.name, path))

def _images_to_copy(ctx, executable):
    """A dict from path to File. Of a dylib and its link in _solib_* the link is copied: one copy is loaded once."""
    targets = [ctx.attr.executable] + ctx.attr.dylibs
    images = {file.short_path: file for file in [executable] + named_images(ctx) + runtime_images(targets)}
    for info in [target[VafitImagesInfo] for target in targets if VafitImagesInfo in target]:
        for file in info.skipped.to_list():
            images.pop(file.short_path, None)
        for entry in info.images.to_list():
            if [link for link in entry.links if link.short_path in images]:
                images.pop(entry.image.short_path, None)
    return images

def _other_runfiles(ctx, images):
    """What the program finds beside its images when it runs, and keeps."""
    targets = [ctx.attr.executable] + ctx.attr.dylibs
    replaced = {file: True for file in images.values() + runtime_images(targets)}
    files = depset(transitive = [target[DefaultInfo].default_runfiles.files for target in targets])
    return [file for file in files.to_list() if file not in replaced]

def _vafit_fixed_impl(ctx):
    if ctx.attr.up_to not in _LEVELS:
        reject(ctx, "up_to", "%r is no level; levels are %s" % (ctx.attr.up_to, ", ".join(_LEVELS)))
    executable = executable_of(ctx)
    images = _images_to_copy(ctx, executable)
    places = {path: _place(ctx, file) for path, file in images.items()}
    report = ctx.actions.declare_file(ctx.label.name + ".json")

    args = ctx.actions.args()
    args.add(str(ctx.label))
    args.add(report)
    for path, file in images.items():
        args.add_all([file, places[path]])
    args.add("--")
    args.add_all([vafit_of(ctx).executable, "fix", places[executable.short_path], "--up-to", ctx.attr.up_to])
    ctx.actions.run_shell(
        command = _FIX,
        arguments = [args, judge_arguments(ctx)],
        inputs = images.values() + judge_inputs(ctx),
        tools = [vafit_of(ctx)],
        outputs = places.values() + [report],
        mnemonic = "VafitFix",
        progress_message = "Fixing %s for %s" % (executable.short_path, ctx.label),
    )
    return [
        DefaultInfo(
            executable = places[executable.short_path],
            files = depset(places.values()),
            runfiles = ctx.runfiles(files = places.values() + _other_runfiles(ctx, images)),
        ),
        OutputGroupInfo(report = depset([report])),
    ]

vafit_fixed = rule(
    implementation = _vafit_fixed_impl,
    attrs = dict(
        PROGRAM_ATTRS,
        up_to = attr.string(
            default = "locals",
            doc = "The highest level that may be used: lossless, debug-map, locals or symbols.",
        ),
    ),
    executable = True,
    toolchains = [TOOLCHAIN_TYPE],
    doc = "A copy of a program and its dylibs that fits, with runfiles that run. NAME.json says what was rewritten.",
)
