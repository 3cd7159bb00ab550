"""tags.py ROOT: names tags of structs, unions and enums in the folder tool that stand for two things, or that
end in -ing: what is an act is no thing."""
import collections
import pathlib
import re
import sys

# What is made of words that only look like gerunds.
NOUNS = {"finding", "mapping", "missing", "pool_string"}
DEFINITION = re.compile(r"^(?:static (?:const )?|typedef )?(?:struct|union|enum) (\w+) \{", re.M)


def main(root):
    tags = collections.defaultdict(list)
    for path in sorted(pathlib.Path(root, "tool").rglob("*.[ch]")):
        for match in DEFINITION.finditer(path.read_text()):
            tags[match[1]].append(str(path))
    for tag, paths in sorted(tags.items()):
        if len(paths) > 1:
            print(f"{tag} is defined in {' and '.join(paths)}")
        if tag.endswith("ing") and tag not in NOUNS:
            print(f"{tag} in {paths[0]} is a gerund")


main(sys.argv[1])
