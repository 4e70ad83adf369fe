"""The structs of the ABI, read from its headers: [(header, name, [field])] in their order."""
import pathlib
import re

HEADERS = pathlib.Path(__file__).resolve().parents[2] / "sdk/include/crawlhub/abi"
# Inline functions and what they take: compiled into whoever includes them, nothing of them crosses.
NOT_CROSSING = {"job_decision.h", "job_rules.h", "job_table.h"}
BEGIN = re.compile(r"^(?:typedef )?struct (crawlhub_\w+) \{$", re.M)
# A function pointer, or one name and those behind its commas.
FUNCTION = re.compile(r"\(\*(\w+)\)\s*\(")


def fields(body):
    for declaration in body.split(";"):
        declaration = " ".join(declaration.split())
        if not declaration:
            continue
        function = FUNCTION.search(declaration)
        if function:
            yield function.group(1)
            continue
        for part in declaration.split(","):
            yield re.search(r"(\w+)$", part.strip()).group(1)


def structs(folder=HEADERS):
    found = []
    for header in sorted(folder.glob("*.h")):
        if header.name in NOT_CROSSING:
            continue
        text = re.sub(r"/\*.*?\*/", "", header.read_text(), flags=re.S)
        text = re.sub(r"[ \t]+$", "", text, flags=re.M)
        for begin in BEGIN.finditer(text):
            end = text.index("\n}", begin.end())
            found.append((header.name, begin.group(1), list(fields(text[begin.end():end]))))
    return found
