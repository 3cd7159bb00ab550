"""Says which error messages of C sources have no row in a page of messages.

    messages.py PAGE SOURCE...

A message is the format of a call that fills an error or prints a line to standard error. What stands between its
conversions has to be in one line of the page, in that order.
"""
import re
import sys

CALL = re.compile(r'\b(error_usage|error_malformed|error_io|json_reject|text_print_line)\s*\(')
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
CONVERSION = re.compile(r"%(?:[-+ #0]*[0-9.*]*(?:hh|h|ll|l|z|j)?[diouxXscp])|%%")
FEW = 4  # letters of a piece that tell nothing


def arguments(text, at):
    """The arguments of a call whose parenthesis is open at `at`, split at its commas."""
    depth, start, found, quoted = 0, at, [], False
    while True:
        letter = text[at]
        if quoted and letter == "\\":
            at += 1
        elif letter == '"':
            quoted = not quoted
        elif not quoted and letter in "([{":
            depth += 1
        elif not quoted and letter in ")]}":
            if depth == 0:
                return found + [text[start:at]]
            depth -= 1
        elif not quoted and letter == "," and depth == 0:
            found.append(text[start:at])
            start = at + 1
        at += 1


def messages(text):
    text = re.sub(r'%"\s*PRI\w+\s*"', "%d", text)
    for call in CALL.finditer(text):
        given = arguments(text, call.end())
        if call[1] == "text_print_line" and given[0] != "stderr":
            continue
        for argument in given[1:]:
            # Strings with a macro between them, or a choice of two, are more than one.
            parts = re.split(r"[?:]", STRING.sub(lambda s: s.group(0).replace("?", "\1").replace(":", "\2"), argument))
            for part in parts:
                strings = STRING.findall(part.replace("\1", "?").replace("\2", ":"))
                message = "".join(strings).replace('\\"', '"')
                if " " in message.strip():
                    yield message


def has_row(page, message):
    pieces = [piece.strip(" '`,:;()\"") for piece in CONVERSION.split(message.removeprefix("vafit: ").replace("`", ""))]
    pattern = ".*".join(re.escape(piece) for piece in pieces if len(piece) >= FEW)
    return re.search(pattern, page) is not None


page = open(sys.argv[1]).read().replace("`", "")
for source in sys.argv[2:]:
    for message in messages(open(source).read()):
        if not has_row(page, message):
            print(f"{source}: {message}")
