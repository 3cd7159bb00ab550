"""Seals bundles ad hoc, inside out, as codesign does; their images are thin, or signed already.

    python3 seal.py [identity] BUNDLE...

Written from Apple's sources: Security, bundlediskrep.cpp (defaultResourceRules), resources.cpp (ResourceBuilder),
signer.cpp (buildResources, signNested). Nested code that is no bundle has to be signed.
"""
import hashlib
import os
import plistlib
import re
import subprocess
import sys

from seal_check import cdhashes

RULES2 = {
    "^.*": True,
    "^Resources/": {"weight": 20.0},
    "^Resources/.*\\.lproj/": {"optional": True, "weight": 1000.0},
    "^Resources/.*\\.lproj/locversion.plist$": {"omit": True, "weight": 1100.0},
    "^Resources/Base\\.lproj/": {"weight": 1010.0},
    "^(Frameworks|SharedFrameworks|PlugIns|Plug-ins|XPCServices|Helpers|MacOS|Library/(Automator|Spotlight|LoginItems))/":
        {"nested": True, "weight": 10.0},
    "^Info\\.plist$": {"omit": True, "weight": 20.0},
    "^PkgInfo$": {"omit": True, "weight": 20.0},
    "^[^/]+$": {"nested": True, "weight": 10.0},
    "^version\\.plist$": {"weight": 20.0},
    "^embedded\\.provisionprofile$": {"weight": 20.0},
    ".*\\.dSYM($|/)": {"weight": 11.0},
    "^(.*/)?\\.DS_Store$": {"omit": True, "weight": 2000.0},
}
RULES = {name: RULES2[name] for name in list(RULES2)[2:5]}
RULES.update({"^Resources/": True, "^version.plist$": True})


def rule(rules, path):
    best, weight = {"omit": True}, -1.0
    for pattern, value in rules.items():
        value = {} if value is True else value
        if re.search(pattern, path) and value.get("weight", 1.0) > weight:
            best, weight = value, value.get("weight", 1.0)
    return best


def parts_of(bundle):
    """The root of the seal, Info.plist, and the executable."""
    for info, root, folder in (("Contents/Info.plist", "Contents", "MacOS"),
                               ("Versions/Current/Resources/Info.plist", "Versions/Current", "")):
        if os.path.exists(os.path.join(bundle, info)):
            info, root = os.path.join(bundle, info), os.path.realpath(os.path.join(bundle, root))
            with open(info, "rb") as file:
                name = plistlib.load(file)["CFBundleExecutable"]
            return root, info, os.path.join(root, folder, name)
    raise SystemExit(bundle + ": no bundle")


def nested(path, options):
    executable = path
    if os.path.isdir(path):
        seal(path, options)
        executable = parts_of(path)[2]
    hashes = cdhashes(executable)
    return {"cdhash": hashes[0][-1],
            "requirement": " or ".join('cdhash H"%s"' % one.hex() for slice in hashes for one in reversed(slice))}


def resource(path, value):
    with open(path, "rb") as file:
        data = file.read()
    entry = {"hash": hashlib.sha1(data).digest(), "hash2": hashlib.sha256(data).digest()}
    if value.get("optional"):
        entry["optional"] = True
    return entry


def entries(root, executable, options):
    files, files2 = {}, {}
    for folder, folders, names in os.walk(root):
        for name in sorted(folders + names):
            path = os.path.join(folder, name)
            relative = os.path.relpath(path, root)
            value = rule(RULES2, relative)
            is_folder = os.path.isdir(path) and not os.path.islink(path)
            if path == executable or relative == "_CodeSignature" or (value.get("omit") and not is_folder):
                continue
            if is_folder and not (value.get("nested") and "." in name):
                continue
            if os.path.islink(path):
                files2[relative] = {"symlink": os.readlink(path)}
            elif value.get("nested"):
                files2[relative] = nested(path, options)
            else:
                files2[relative] = resource(path, value)
                if not rule(RULES, relative).get("omit"):
                    files[relative] = files2[relative]["hash"]
        folders[:] = [name for name in folders
                      if os.path.relpath(os.path.join(folder, name), root) not in [*files2, "_CodeSignature"]]
    return files, files2


def seal(bundle, options=()):
    root, info, executable = parts_of(bundle)
    files, files2 = entries(root, executable, options)
    os.makedirs(os.path.join(root, "_CodeSignature"), exist_ok=True)
    target = os.path.join(root, "_CodeSignature", "CodeResources")
    with open(target, "wb") as file:
        plistlib.dump({"files": files, "files2": files2, "rules": RULES, "rules2": RULES2}, file)
    sign = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sign.py")
    subprocess.run([sys.executable, sign, executable, "hashes=1,2", "identifier=org.example." + os.path.basename(executable),
                    "special=1:" + info, "special=3:" + target, *options], check=True)


if __name__ == "__main__":
    wanted = [argument for argument in sys.argv[1:] if argument == "identity"]
    for argument in sys.argv[1 + len(wanted):]:
        seal(argument, wanted)
