"""What the rules share: a program, its images, and how it is judged."""

load(":images.bzl", "VafitImagesInfo", "is_image", "scan", "vafit_images_aspect")

_RULES = [
    "image-size",
    "image-sum",
    "linkedit-alignment",
    "malloc-window",
    "shared-region",
    "unresolved",
]

_LEVELS = ["error", "off", "warn"]

_UNITS = ["%s%s" % (prefix, suffix) for prefix in ("K", "M", "G", "T") for suffix in ("", "iB")]

# What a linker or a compiler leaves, and no loader takes.
_NO_EXECUTABLES = ("a", "bc", "ifso", "lib", "lo", "o", "tbd")

PROGRAM_ATTRS = {
    "executable": attr.label(
        doc = "The program: a target with an executable, or a file. A dylib or bundle is judged as a plug-in.",
        allow_files = True,
        aspects = [vafit_images_aspect],
        mandatory = True,
    ),
    "dylibs": attr.label_list(
        doc = "Dylibs that the program loads and the build does not know it by: files, or targets that make them.",
        allow_files = True,
        aspects = [vafit_images_aspect],
    ),
    "profile": attr.string(
        doc = "The system: macos-15, macos-26 or macos-27. Without it and the two that follow: macos-26 and macos-27.",
        values = ["", "macos-15", "macos-26", "macos-27"],
    ),
    "profiles": attr.string_list(
        doc = "Several systems, under all of which the program has to fit.",
    ),
    "profile_file": attr.label(
        doc = "A system of your own, a JSON file, in place of profile or beside profiles.",
        allow_single_file = [".json"],
    ),
    "limit": attr.string(
        doc = "What to hold against, in place of the profile's: a size with its unit, such as \"14GiB\".",
    ),
    "headroom": attr.string(
        doc = "How much has to stay free below the limit, with its unit. 64MiB unless told otherwise.",
    ),
    "rules": attr.string_dict(
        doc = "Levels of rules: {\"linkedit-alignment\": \"error\", \"malloc-window\": \"warn\"}.",
    ),
    "allow_missing": attr.string_list(
        doc = "Install names, with * and ?, that exist only where the program runs.",
    ),
}

def reject(ctx, attribute, why):
    fail("%s: %s: %s" % (ctx.label, attribute, why))

def _require_unit(ctx, attribute):
    size = getattr(ctx.attr, attribute)
    number = size.rstrip("BGKMTi")
    whole, _, part = number.partition(".")
    digits = whole + part
    if size and (size[len(number):] not in _UNITS or not digits.isdigit()):
        reject(ctx, attribute, "%r is no size with a unit, such as 64MiB or 1.5GiB" % size)

def _require_rules(ctx):
    for name, level in ctx.attr.rules.items():
        if name not in _RULES:
            reject(ctx, "rules", "there is no rule %r; rules are %s" % (name, ", ".join(_RULES)))
        if level not in _LEVELS:
            reject(ctx, "rules", "%r for %s: a level is error, warn or off" % (level, name))

def executable_of(ctx):
    """The program to judge; fails for targets that make none.

    Args:
      ctx: the context of a rule with PROGRAM_ATTRS.

    Returns:
      Its File.
    """
    target = ctx.attr.executable
    file = target[DefaultInfo].files_to_run.executable
    files = target[DefaultInfo].files.to_list()
    if not file and len(files) == 1:
        file = files[0]
    if not file or file.extension in _NO_EXECUTABLES:
        reject(ctx, "executable", "%s makes no executable" % target.label)
    return file

def images_of(ctx, executable):
    """The images that the program may load.

    The aspect knows every dylib below the program, also those of libraries that are linked into it; what is in the
    runfiles is what it loads.

    Args:
      ctx: the context of a rule with PROGRAM_ATTRS.
      executable: the program's File.

    Returns:
      A list of entries of VafitImagesInfo.images, each image once.
    """
    targets = [ctx.attr.executable] + ctx.attr.dylibs
    infos = [target[VafitImagesInfo] for target in targets if VafitImagesInfo in target]
    wanted = {file.short_path: file for file in named_images(ctx) + runtime_images(targets)}
    for file in [file for info in infos for file in info.skipped.to_list()]:
        wanted.pop(file.short_path, None)
    wanted[executable.short_path] = executable
    found, known = {}, {}
    for entry in [entry for info in infos for entry in info.images.to_list()]:
        paths = [file.short_path for file in (entry.image,) + entry.links]
        better = paths[0] not in found or len(found[paths[0]].links) < len(entry.links)
        if better and [path for path in paths if path in wanted]:
            found[paths[0]] = entry
            known.update({path: True for path in paths})

    # What the aspect did not come by: files, the program, and links that it makes for itself.
    return found.values() + [scan(ctx, file) for path, file in wanted.items() if path not in known]

def runfiles_of(targets):
    """All runfiles of targets, as a list. Files have none."""
    runfiles = [target[DefaultInfo].default_runfiles for target in targets]
    return depset(transitive = [each.files for each in runfiles if each]).to_list()

def runtime_images(targets):
    """The images among the runfiles of targets."""
    return [file for file in runfiles_of(targets) if is_image(file)]

def named_images(ctx):
    """The files that the attribute dylibs names: sources whatever they are called, of targets the dylibs."""
    return [file for file in ctx.files.dylibs if file.is_source or is_image(file)]

def judge_arguments(ctx):
    """The options of check and fix that the attributes ask for; fails for what is wrong in them.

    Args:
      ctx: the context of a rule with PROGRAM_ATTRS.

    Returns:
      An Args.
    """
    _require_unit(ctx, "limit")
    _require_unit(ctx, "headroom")
    _require_rules(ctx)
    if ctx.attr.profile and ctx.file.profile_file:
        reject(ctx, "profile", "profile_file is given too")
    if ctx.attr.profile and ctx.attr.profiles:
        reject(ctx, "profile", "profiles is given too")
    args = ctx.actions.args()
    if ctx.attr.profile:
        args.add("--profile", ctx.attr.profile)
    for name in ctx.attr.profiles:
        args.add("--profile", name)
    if ctx.file.profile_file:
        args.add("--profile", ctx.file.profile_file)
    if ctx.attr.limit:
        args.add("--limit", ctx.attr.limit)
    if ctx.attr.headroom:
        args.add("--headroom", ctx.attr.headroom)
    for name, level in ctx.attr.rules.items():
        args.add("--rule", "%s=%s" % (name, level))
    for name in ctx.attr.allow_missing:
        args.add("--allow-missing", name)
    return args

def judge_inputs(ctx):
    return [ctx.file.profile_file] if ctx.file.profile_file else []
