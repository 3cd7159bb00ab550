"""How many exports of some images none of them asks for, by llvm-objdump, llvm-nm and llvm-otool: the images as
arguments, a closed world. Prints the number."""
import sys

sys.dont_write_bytecode = True
from asked_exports import exports, imports, strings  # noqa: E402

wanted, named, found = set(), set(), []
for path in sys.argv[1:]:
    wanted |= imports(path)
    named |= strings(path)
    for name, value in exports(path).items():
        found.append((name, value))
        if "weak_def" in value:
            wanted.add(name)
print(sum(1 for name, value in found
          if name not in wanted and "re-export" not in value and name[:5] not in ("__Znw", "__Zna", "__Zdl", "__Zda")
          and name != "__mh_execute_header" and name[1:].encode() not in named and name.encode() not in named))
