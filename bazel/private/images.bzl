"""Images and their facts: every dylib is scanned by an action of its own, once in a build, where it is made.

Facts name an image by its path in a runfiles tree (File.short_path): there generated files and sources lie as the
program meets them when it runs, and no folder of a configuration is in the name.
"""

load("@rules_cc//cc/common:cc_info.bzl", "CcInfo")
load("@rules_cc//cc/common:cc_shared_library_info.bzl", "CcSharedLibraryInfo")
load(":toolchain.bzl", "TOOLCHAIN_TYPE", "vafit_of")

VafitImagesInfo = provider(
    doc = "The images that a target brings with it, and what vafit has to know of them.",
    fields = {
        "images": "depset of structs: image (File), links (tuple of Files, symbolic links to it), facts (File)",
        "skipped": "depset of Files that are named as images and are not to be looked at",
    },
)

# The attributes through which a program comes to its dylibs.
_EDGES = [
    "binary",
    "data",
    "deps",
    "dylibs",
    "dynamic_deps",
    "executable",
    "exports",
    "implementation_deps",
    "interface_deps",
    "srcs",
]

_EXTENSIONS = ("bundle", "dylib", "so")

# The files of a target with this tag are named as dylibs and are none.
_OPT_OUT = "no-vafit"

def is_image(file):
    """Whether a file is a dylib or a bundle by its name: libx.dylib, x.bundle, libx.so, libx.so.2."""
    return not file.is_directory and (file.extension in _EXTENSIONS or ".so." in file.basename)

def scan(ctx, image, links = ()):
    """Declares the action that takes the facts of one image.

    Args:
      ctx: the context of the rule or aspect.
      image: the File.
      links: tuple of Files, symbolic links to it.

    Returns:
      An entry of VafitImagesInfo.images.
    """
    path = image.short_path[3:] if image.short_path.startswith("../") else image.short_path
    facts = ctx.actions.declare_file("%s.vafit/%s.json" % (ctx.label.name, path))
    args = ctx.actions.args()
    args.add("scan")
    args.add(image)
    for name in [image] + list(links):
        args.add("--as", name.short_path)
    args.add("--output", facts)
    ctx.actions.run(
        executable = vafit_of(ctx),
        arguments = [args],
        inputs = [image],
        outputs = [facts],
        mnemonic = "VafitScan",
        progress_message = "Scanning %s of %s" % (image.short_path, ctx.label),
    )
    return struct(image = image, links = tuple(links), facts = facts)

def _linker_inputs(target, rule_kind, files):
    """What a target itself adds to links. Only for targets with dylibs: the depset holds all that is below."""
    if CcSharedLibraryInfo and CcSharedLibraryInfo in target:
        return [target[CcSharedLibraryInfo].linker_input]
    if CcInfo in target and (files or rule_kind == "cc_import"):
        inputs = target[CcInfo].linking_context.linker_inputs.to_list()
        return [each for each in inputs if each.owner == target.label]
    return []

def _targets(ctx):
    """The targets that this one names."""
    found = []
    for attribute in _EDGES:
        value = getattr(ctx.rule.attr, attribute, None)
        found += [each for each in (value if type(value) == "list" else [value]) if type(each) == "Target"]
    return found

def _named_files(ctx):
    """Images that the target names as files: no aspect goes to these."""
    targets = [each for each in _targets(ctx) if VafitImagesInfo not in each]
    return [file for each in targets for file in each[DefaultInfo].files.to_list() if is_image(file)]

def _own_images(target, ctx):
    """The target's own images as a dict from File to its links in _solib_*, in a stable order."""
    made = [each for each in target[DefaultInfo].files.to_list() if is_image(each)]
    named = _named_files(ctx)
    files = [each for each in made if each.is_source or each.owner == target.label] + named
    own = {}
    for linker_input in _linker_inputs(target, ctx.rule.kind, made + named):
        for library in linker_input.libraries:
            link = library.dynamic_library
            image = library.resolved_symlink_dynamic_library or link
            if image and is_image(image):
                own[image] = [link] if link != image else []
    known = {link: True for links in own.values() for link in links}
    for file in files:
        if file not in own and file not in known:
            own[file] = []
    return own

def _vafit_images_impl(target, ctx):
    own, skipped = _own_images(target, ctx), []
    if _OPT_OUT in getattr(ctx.rule.attr, "tags", []):
        own, skipped = {}, own.keys()
    below = [each[VafitImagesInfo] for each in _targets(ctx) if VafitImagesInfo in each]
    images = [scan(ctx, image, links) for image, links in own.items()]
    return [VafitImagesInfo(
        images = depset(images, transitive = [each.images for each in below]),
        skipped = depset(skipped, transitive = [each.skipped for each in below]),
    )]

vafit_images_aspect = aspect(
    implementation = _vafit_images_impl,
    attr_aspects = _EDGES,
    toolchains = [TOOLCHAIN_TYPE],
    doc = "Scans every dylib that a target brings with it, each in an action of its own.",
)
