"""What can be changed in a C file, token by token."""
import dataclasses
import random
import re

TOKEN = re.compile(r"""
    (?P<skip>\s+ | /\*.*?\*/ | //[^\n]* | ^[ \t]*\#(?:[^\n]*\\\n)*[^\n]*)
  | (?P<text>"(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*')
  | (?P<number>(?:0[xX][0-9a-fA-F]+|\d+)[uUlL]*(?![.\w]) | \d[\w.]*)
  | (?P<name>[A-Za-z_]\w*)
  | (?P<mark><<=|>>=|\.\.\.|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|.)
""", re.X | re.S | re.M)

RELATIONS = {"<": ("<=", ">="), "<=": ("<", ">"), ">": (">=", "<="), ">=": (">", "<"),
             "==": ("!=",), "!=": ("==",), "&&": ("||",), "||": ("&&",)}
SUMS = {"+": "-", "-": "+", "+=": "-=", "-=": "+="}
NO_CALLS = {"if", "while", "for", "switch", "return", "sizeof", "assert", "else", "do"}
KINDS = ("relation", "sum", "constant", "negation", "call", "early return", "condition")


@dataclasses.dataclass
class Token:
    kind: str
    text: str
    at: int

    @property
    def end(self):
        return self.at + len(self.text)


@dataclasses.dataclass
class Mutation:
    source: str
    kind: str
    start: int
    end: int
    new: str

    def applied(self, text):
        # As many lines as before, so that nothing else of the object changes.
        lost = text.count("\n", self.start, self.end)
        return text[:self.start] + self.new + "\n" * lost + text[self.end:]

    def line(self, text):
        return text.count("\n", 0, self.start) + 1

    def diff(self, text):
        first = text.rfind("\n", 0, self.start) + 1
        last = text.find("\n", self.end)
        old, new = text[first:last], text[first:self.start] + self.new + text[self.end:last]
        return [f"    -{line}" for line in old.split("\n")] + [f"    +{line}" for line in new.split("\n")]


def tokens_of(text):
    found = [Token(m.lastgroup, m.group(), m.start()) for m in TOKEN.finditer(text) if m.lastgroup != "skip"]
    return without_asserts(found)


def without_asserts(tokens):
    """An assertion that is weaker is the same program."""
    kept, at = [], 0
    while at < len(tokens):
        if tokens[at].text in ("assert", "_Static_assert"):
            at = statement_end(tokens, at)
        else:
            kept.append(tokens[at])
        at += 1
    return kept


def statement_end(tokens, at):
    """The index of the `;` that ends the statement at `at`."""
    depth = 0
    while at < len(tokens) - 1:
        depth += tokens[at].text in "([{"
        depth -= tokens[at].text in ")]}"
        if tokens[at].text == ";" and depth == 0:
            break
        at += 1
    return at


def is_value(token):
    return token.kind in ("number", "name") and token.text not in ("return", "case") or token.text in (")", "]")


def of_tokens(source, tokens):
    """Mutations of single tokens."""
    for before, token in zip(tokens, tokens[1:]):
        def changed(kind, new):
            return Mutation(source, kind, token.at, token.end, new)

        if token.kind == "mark" and token.text in RELATIONS and is_value(before):
            for new in RELATIONS[token.text]:
                yield changed("relation", new)
        elif token.text in SUMS and is_value(before):
            yield changed("sum", SUMS[token.text])
        elif token.text == "!":
            yield changed("negation", "")
        elif token.kind == "number":
            yield from numbers(token, changed)


def numbers(token, changed):
    match = re.fullmatch(r"(0[xX][0-9a-fA-F]+|\d+)([uUlL]*)", token.text)
    if not match:
        return
    value = int(match.group(1), 0 if match.group(1) == "0" or not match.group(1).startswith("0")
                or match.group(1)[:2] in ("0x", "0X") else 8)
    for step in (1, -1) if value else (1,):
        yield changed("constant", f"{value + step:#x}{match.group(2)}" if "x" in token.text
                      else f"{value + step}{match.group(2)}")


def of_statements(source, tokens):
    """Mutations of whole statements, in the bodies of functions."""
    depth, head, in_function, answers_bool = 0, [], False, False
    for at, token in enumerate(tokens):
        if token.text == "{":
            if depth == 0:
                in_function = bool(head) and head[-1].text == ")"
                answers_bool = any(t.text == "bool" for t in head[:3])
            depth += 1
        elif token.text == "}":
            depth -= 1
            head = [] if depth == 0 else head
        elif depth == 0:
            head = [] if token.text == ";" else head + [token]
        elif in_function and tokens[at - 1].text in (";", "{", "}", ")", "else"):
            yield from of_statement(source, tokens, at, answers_bool)


def of_statement(source, tokens, at, answers_bool):
    token, end = tokens[at], statement_end(tokens, at)
    after = tokens[end + 1: end + 3]
    if token.text == "return":
        value = tokens[at + 1: end]
        last = bool(after) and after[0].text == "}" and (len(after) < 2 or tokens[end + 2].kind == "name"
                                                         and starts_line(tokens, end + 1))
        if not last:
            yield Mutation(source, "early return", token.at, tokens[end].end, ";")
        if answers_bool and value:
            for new in ("true", "false"):
                if [t.text for t in value] != [new]:
                    yield Mutation(source, "condition", value[0].at, value[-1].end, new)
    elif token.kind == "name" and token.text not in NO_CALLS and at + 1 < end and tokens[at + 1].text == "(" \
            and tokens[end - 1].text == ")":
        yield Mutation(source, "call", token.at, tokens[end].end, ";")


def starts_line(tokens, at):
    """Whether the `}` ends a function: what follows it stands at depth 0."""
    depth = 0
    for token in tokens[:at + 1]:
        depth += token.text == "{"
        depth -= token.text == "}"
    return depth == 0


def shuffled(texts, seed):
    """All mutations of the texts in the order of the seed: the kinds take turns, each in a random order,
    so that the many constants do not crowd out the rest."""
    of_kind = {kind: [] for kind in KINDS}
    for source in sorted(texts):
        tokens = tokens_of(texts[source])
        for mutation in [*of_tokens(source, tokens), *of_statements(source, tokens)]:
            of_kind[mutation.kind].append(mutation)
    chance = random.Random(seed)
    for kind in KINDS:
        chance.shuffle(of_kind[kind])
    while any(of_kind.values()):
        for kind in KINDS:
            if of_kind[kind]:
                yield of_kind[kind].pop()
