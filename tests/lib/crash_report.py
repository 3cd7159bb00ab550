"""Writes made-up crash reports: one layout, in each of the forms in which people have them.

    crash_report.py FORM [CASE]      to standard output

The layout is one that can be checked by hand. Demo lies 32 KiB above 4 GiB and has 500 MiB of __TEXT; the dylib
number i of the first eight begins 512 MiB + i * 10 MiB behind it, that of the others at 12 GiB + i * 10 MiB; each
has 8 MiB of __TEXT, and 10 MiB in all. CASE says how many others there are, and why the process ended.
"""
import json
import sys

MIB, GIB = 1 << 20, 1 << 30
BASE = 4 * GIB + 0x8000
CACHE = (6667239424, 5818417152)  # as on macOS 26.3
CACHE_27 = (6815612928, 7410368512)
OS = "macOS 26.3 (25D125)"
APP = "/Applications/Demo.app/Contents"

MALLOC = {"asi": {"libsystem_malloc.dylib": ["BUG IN LIBMALLOC: pointer range initial reservation failed (3)"]},
          "exception": ("EXC_BREAKPOINT", "SIGTRAP", None),
          "termination": ("SIGNAL", 5, "Trace/BPT trap: 5", [])}


def dyld(code, indicator, *reasons):
    return {"exception": ("EXC_CRASH", "SIGABRT", None), "termination": ("DYLD", code, indicator, reasons)}


def signing(code, indicator, subtype=None):
    return {"exception": ("EXC_BAD_ACCESS", "SIGKILL (Code Signature Invalid)" if code == 2 else "SIGKILL", subtype),
            "termination": ("CODESIGNING", code, indicator, [])}


NULL_CACHE = ("dyld cache '(null)' not loaded: syscall to map cache into shared region failed",
              "Library not loaded: /usr/lib/libSystem.B.dylib", "Referenced from: <X> /Users/alice/*/Demo",
              "Reason: tried: '/usr/lib/libSystem.B.dylib' (no such file)")
CASES = {
    "malloc": {**MALLOC, "high": 457},
    "malloc-low": {**MALLOC, "high": 0},
    "malloc-13": {**MALLOC, "high": 103},  # the last one's __TEXT ends at 12 GiB + 1028 MiB
    "malloc-edge": {**MALLOC, "high": 409},  # the last one's __TEXT ends 8 MiB below 16 GiB
    "malloc-27": {**MALLOC, "high": 700, "start": 448 * GIB, "cache": CACHE_27, "os": "macOS 27.0.1 (26A434)"},
    "missing": dyld(1, "Library missing", "Library not loaded: @rpath/libgone.dylib",
                    "Referenced from: <X> /Users/alice/build/Demo", "Reason: tried: '/Users/alice/libgone.dylib' (no such file)"),
    "missing-at-home": dyld(1, "Library missing", "Library not loaded: /Users/alice/lib/libgone.dylib"),
    "symbol": dyld(4, "Symbol missing", "Symbol not found: _gone", "Referenced from: <X> /Applications/*/Demo",
                   "Expected in: <Y> /Applications/*/lib0.dylib"),
    "null-cache": dyld(1, "Library missing", *NULL_CACHE),
    "alignment": dyld(1, "Library missing", "Library not loaded: @rpath/lib3.dylib", "Referenced from: <X> /Applications/*/Demo",
                      "Reason: tried: '/Applications/*/lib3.dylib' (mis-aligned LINKEDIT string pool, fileOffset=0x8004)"),
    "architecture": dyld(2, "Incompatible architecture", "incompatible cpu-subtype"),
    # In lib2, which begins 512 + 20 MiB behind the executable.
    "page": signing(2, "Invalid Page", "UNKNOWN_0x32 at 0x%016x" % (BASE + 533 * MIB)),
    "constraint": signing(4, "Launch Constraint Violation"),
    "taskgated": signing(1, "Taskgated Invalid Signature"),
    "segv": {"exception": ("EXC_BAD_ACCESS", "SIGSEGV", "KERN_INVALID_ADDRESS at 0x0"), "termination": ("SIGNAL", 11, "Segmentation fault: 11", [])},
    # Names of users where paths are not made anonymous; the program itself is in a home folder.
    "at-home": {**dyld(1, "Library missing", "Library not loaded: /Users/alice/libgone.dylib"), "app": "/Users/alice/Demo.app/Contents"},
    # The executable's __TEXT alone reaches 6 GiB.
    "null-cache-huge": {**dyld(1, "Library missing", *NULL_CACHE), "text": 2048 * MIB},
    "regions": {"exception": ("EXC_BAD_ACCESS", "SIGSEGV", "KERN_INVALID_ADDRESS at 0x8"), "termination": ("SIGNAL", 11, "Segmentation fault: 11", []),
                "regions": ["0x8 is not in any region.  Bytes before following region: 4294999032",
                            "      REGION TYPE                    START - END         [ VSIZE] PRT/MAX SHRMOD  REGION DETAIL",
                            "      UNUSED SPACE AT START", "--->", "      __TEXT                      100008000-11f408000    [500.0M] r-x/r-x SM=COW  /Users/alice/Demo",
                            "      GAP OF 0x1000 BYTES", "--->  commpage (reserved)         7cbc00000-aca000000     [ 12.0G] ---/--- SM=NUL  reserved VM address space (unallocated)",
                            "      GPU Carveout (reserved)     fc0000000-1000000000    [  1.0G] ---/--- SM=NUL", "--->  UNUSED SPACE AT END"]},
    # A program that passes on what dlopen said.
    "exception": {"exception": ("EXC_CRASH", "SIGABRT", None), "termination": ("SIGNAL", 6, "Abort trap: 6", []),
                  "asi": {"CoreFoundation": ["*** Terminating app: dlopen(/x, 0x6): Library not loaded: @rpath/libgone.dylib"]}},
    "intel": {**MALLOC, "cpu": "X86-64", "cache": (140703128616960, 25769803776)},
    "translated": {**MALLOC, "cpu": "X86-64", "translated": True, "cache": (140703128616960, 25769803776)},
    "simulator": {**MALLOC, "platform": 7, "cache": (6442450944, 3434283008)},
    "ios": {**MALLOC, "platform": 2, "os": "iPhone OS 16.1 (20B82)"},
    "jetsam": {**MALLOC, "bug_type": "298"},
    "hang": {**MALLOC, "bug_type": "999"},
}


def uuid(number):
    text = "%032x" % number
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def images(case):
    """Name, folder, address and size of __TEXT of the program's own images."""
    app = case.get("app", APP)
    found = [("Demo", app + "/MacOS/", BASE, case.get("text", 500 * MIB))]
    if "text" in case:
        return found
    found += [("lib%d.dylib" % i, app + "/Frameworks/", BASE + (512 + 10 * i) * MIB, 8 * MIB) for i in range(8)]
    start = case.get("start", 12 * GIB)
    return found + [("lib%d.dylib" % (8 + i), app + "/Frameworks/", start + 10 * i * MIB, 8 * MIB) for i in range(case.get("high", 0))]


def cached(case):
    base = case.get("cache", CACHE)[0]
    names = ("libsystem_kernel.dylib", "libsystem_malloc.dylib", "libsystem_c.dylib", "libSystem.B.dylib", "libobjc.A.dylib")
    return [(name, "/usr/lib/system/", base + (i + 1) * 0x41234, 0x3abcd) for i, name in enumerate(names)]


def used_image(number, image):
    name, folder, base, size = image
    return {"source": "P", "arch": "arm64", "base": base, "size": size, "uuid": uuid(number), "path": folder + name, "name": name}


def ips(case, with_header=True):
    namespace, code, indicator, reasons = case["termination"]
    kind, signal, subtype = case["exception"]
    header = {"app_name": "Demo", "timestamp": "2026-02-01 10:00:00.00 +0100", "app_version": "1.0", "slice_uuid": uuid(1),
              "build_version": "1", "platform": case.get("platform", 1), "bundleID": "com.example.demo",
              "bug_type": case.get("bug_type", "309"), "os_version": case.get("os", OS), "name": "Demo"}
    train, build = case.get("os", OS)[:-1].split(" (")
    body = {"osVersion": {"train": train, "build": build, "releaseType": "User"}, "pid": 4711, "procName": "Demo",
            "procPath": case.get("app", APP) + "/MacOS/Demo", "cpuType": case.get("cpu", "ARM-64"), "crashReporterKey": "secret"}
    if case.get("translated"):
        body["translated"] = True
    body["exception"] = {"type": kind, "signal": signal, "rawCodes": [1, 18446744073709551615]}
    if subtype:
        body["exception"]["subtype"] = subtype
    body["termination"] = {"flags": 518, "code": code, "namespace": namespace, "indicator": indicator}
    if reasons:
        body["termination"]["details"] = ["(terminated at launch; ignore backtrace)"]
        body["termination"]["reasons"] = list(reasons)
    if "regions" in case:
        body["vmRegionInfo"] = body["vmregioninfo"] = "\n".join(case["regions"])
    if "asi" in case:
        body["asi"] = case["asi"]
    body["threads"] = [{"triggered": True, "id": 1, "threadState": {"x": [{"value": 18446744073709551615}], "flavor": "ARM_THREAD_STATE64"},
                        "frames": [{"imageOffset": 42, "imageIndex": 0, "symbol": "Library not loaded \"quoted\""}]}]
    used = [used_image(i + 1, image) for i, image in enumerate(images(case))]
    used.append({"source": "A", "base": 0, "size": 0, "uuid": uuid(0)})
    body["usedImages"] = used + [used_image(5000 + i, image) for i, image in enumerate(cached(case))]
    base, size = case.get("cache", CACHE)
    body["sharedCache"] = {"base": base, "size": size, "uuid": uuid(9)}
    body["vmSummary"] = "ReadOnly portion of Libraries: Total=1.2G\n"
    lines = json.dumps(body, indent=2).replace("/", "\\/")
    return (json.dumps(header).replace("/", "\\/") + "\n" if with_header else "") + lines + "\n"


def text_head(case, old=False):
    namespace, code, indicator, reasons = case["termination"]
    kind, signal, subtype = case["exception"]
    cpu = case.get("cpu", "ARM-64") + (" (Translated)" if case.get("translated") else " (Native)")
    comma = "" if old else ","
    head = ["-------------------------------------", "Translated Report (Full Report Below)", "-------------------------------------", ""]
    head += ["Process:               Demo [4711]", "Path:                  %s/MacOS/Demo" % case.get("app", APP), "Identifier:            com.example.demo",
             "Code Type:             " + cpu, "OS Version:            " + case.get("os", OS), "",
             "Crashed Thread:        0  Dispatch queue: com.apple.main-thread", "", "Exception Type:        %s (%s)" % (kind, signal)]
    if subtype:
        head.append("Exception Subtype:     " + subtype)
    head += ["Exception Codes:       0x0000000000000001", ""] + (["VM Region Info: " + "\n".join(case["regions"]), ""] if "regions" in case else []) + [ "Termination Reason:    Namespace %s, Code %d%s %s" % (namespace, code, comma, indicator)]
    head += list(reasons)
    if "asi" in case:
        head += ["", "Application Specific Information:"] + sum(case["asi"].values(), [])
    return head + ["", "Thread 0 Crashed:: Dispatch queue: com.apple.main-thread",
                   "0   Demo   \t       0x103bac000 Library not loaded + 86568", ""]


def text(case):
    lines = text_head(case) + ["Binary Images:"]
    for i, (name, folder, base, size) in enumerate(images(case)):
        lines.append("       0x%x -        0x%x com.example.%s (1.0) <%s> %s" % (base, base + size - 1, name, uuid(i + 1), folder + name))
    lines.append("               0x0 - 0xffffffffffffffff ??? (*) <%s> ???" % uuid(0))
    for i, (name, folder, base, size) in enumerate(cached(case)):
        lines.append("       0x%x -        0x%x %s (*) <%s> %s" % (base, base + size - 1, name, uuid(5000 + i), folder + name))
    return "\n".join(lines + ["", "External Modification Summary:", "  Calls made by other processes targeting this process:", "    task_for_pid: 0", ""]) + "\n"


def old_text(case):
    """As macOS 11 and before wrote it."""
    lines = text_head({**case, "os": "macOS 11.6 (20G165)"}, True)[4:] + ["Binary Images:"]
    for i, (name, folder, base, size) in enumerate(images(case)):
        lines.append("       0x%x -        0x%x +com.example.%s (1.0 - 1) <%s> %s" % (base, base + size - 1235, name, uuid(i + 1).upper(), folder + name))
    return "\n".join(lines + [""]) + "\n"


def ios_text(case):
    """The lines of images as iOS wrote them."""
    lines = text_head(case)[4:]
    for i, (name, folder, base, size) in enumerate(images(case)):
        lines.append("%s0x%x - 0x%x %s arm64  <%032x> %s" % ("" if i else "Binary Images: ", base, base + size - 1, name, i + 1, folder + name))
    return "\n".join(lines + ["", "EOF", ""]) + "\n"


def vmmap(case):
    lines = ["Process:         Demo [4711]", "Path:            %s/MacOS/Demo" % APP, "Code Type:       ARM64", "OS Version:      " + case.get("os", OS), "----", "",
             "==== Non-writable regions for process 4711", "REGION TYPE                    START - END         [ VSIZE  RSDNT  DIRTY   SWAP] PRT/MAX SHRMOD PURGE    REGION DETAIL"]
    row = "%-27s %x-%x    [  16K    16K     0K     0K] %s SM=COW          %s"
    for name, folder, base, size in images(case):
        lines.append(row % ("__TEXT", base, base + size, "r-x/r-x", folder + name))
        lines.append(row % ("__LINKEDIT", base + size + MIB, base + size + 2 * MIB, "r--/r--", folder + name))
    for name, folder, base, size in cached(case):
        lines.append(row % ("__TEXT", base, base + size, "r-x/r-x", folder + name))
    lines += [row % ("__LINKEDIT", 9 * GIB, 10 * GIB, "r--/r--", "dyld shared cache combined __LINKEDIT"), "", "==== Writable regions for process 4711"]
    for name, folder, base, size in images(case):
        lines.append(row % ("__DATA", base + size, base + size + MIB, "rw-/rw-", folder + name))
    return "\n".join(lines + ["", "==== Legend", ""]) + "\n"


def ruby(case):
    lines = ["-- C level backtrace information ----", "ruby 3.4.1 (2026-01-01 revision 1) [arm64-darwin25]", "", "* Process memory map:", ""]
    for name, folder, base, size in images(case):
        for start, end, protection in ((base, base + size, "r-x"), (base + size, base + size + MIB, "rw-"), (base + size + MIB, base + size + 2 * MIB, "r--")):
            lines.append("%x-%x %s %s" % (start, end, protection, folder + name))
        lines.append("%x-%x rw- %s" % (base + size + 2 * MIB, base + size + 2 * MIB + 0x4000, folder + name))  # a path that is stale
    return "\n".join(lines + ["180000000-300000000 r-- ", "", "[IMPORTANT]", ""]) + "\n"


def both(case):
    return text(case) + "-----------\nFull Report\n-----------\n\n" + ips(case)


def message(case):
    found = sum(case.get("asi", {}).values(), []) + list(case["termination"][3])
    return "\n".join("dyld[4711]: " + line if i == 0 else "  " + line for i, line in enumerate(found)) + "\n"


FORMS = {"ips": ips, "body": lambda case: ips(case, False), "text": text, "both": both, "old-text": old_text, "ios-text": ios_text,
         "vmmap": vmmap, "ruby": ruby, "message": message}


def make(form, case):
    return FORMS[form]({"high": 0, **CASES[case]})


if __name__ == "__main__":
    sys.stdout.write(make(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "malloc"))
