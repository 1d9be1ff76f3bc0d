"""YAML files made to hurt whoever reads them.

`ATTACKS` must be refused, `LEGITIMATE` may be read; neither may cost noticeable time or memory.
"""

MEBIBYTE = 1 << 20
LARGE_SIZE = 8 * MEBIBYTE
LONG = 250_000
"""Characters of a text that is long, yet allowed."""


def laughs(levels: int, width: int, leaf: str) -> bytes:
    """Return mappings whose items refer `width` times to the one before."""
    lines = [f"a0: &a0 {leaf}"]
    for level in range(1, levels):
        aliases = ", ".join([f"*a{level - 1}"] * width)
        lines.append(f"a{level}: &a{level} [{aliases}]")
    return "\n".join(lines).encode()


def merges(levels: int, width: int) -> bytes:
    """Return mappings that merge the one before `width` times."""
    lines = ["a0: &a0 {k: v}"]
    for level in range(1, levels):
        aliases = ", ".join([f"*a{level - 1}"] * width)
        lines.append(f"a{level}: &a{level} {{<<: [{aliases}], k{level}: v}}")
    return "\n".join(lines).encode()


def tower(storeys: int, height: int) -> bytes:
    """Return values that are nested little as written, and deep once aliases are followed."""
    lines = [f"a0: &a0 {'[' * height}{']' * height}"]
    lines += [
        f"a{each}: &a{each} {'[' * height}*a{each - 1}{']' * height}" for each in range(1, storeys)
    ]
    return "\n".join(lines).encode()


def block_mappings(levels: int) -> bytes:
    """Return mappings in block style, each the value of the one before."""
    return "".join(f"{' ' * level}a:\n" for level in range(levels)).encode()


def filled(start: str, unit: str, end: str = "", size: int = MEBIBYTE) -> bytes:
    """Return as many units between start and end as fit into `size` bytes."""
    room = size - len(start.encode()) - len(end.encode())
    return (start + unit * (room // len(unit.encode())) + end).encode()


_EXPANSION = {
    "billion laughs": laughs(10, 9, "lol"),
    "laughs of a long text": laughs(4, 30, "t" * LONG),
    "merge-key bomb": merges(10, 9),
    "tower of aliases": tower(40, 60),
    "recursive alias": b"a: &a [*a]",
    "recursive merge": b"a: &a {<<: *a}",
    "recursive in a key": b"&a {*a : 1}",
    "101 aliases": b"a: &a 1\nb: [" + b"*a, " * 101 + b"]",
    "aliases without anchor": filled("[", "*a, ", "]"),
    "alias with a huge name": b"a: *" + b"a" * LONG,
}

_NESTING = {
    "100,000 sequences": b"[" * 100_000,
    "a million sequences": b"[" * MEBIBYTE,
    "900 sequences": b"[" * 900 + b"]" * 900,
    "65 sequences": b"[" * 65 + b"]" * 65,
    "100,000 mappings in keys": b"{" * 100_000,
    "mappings in keys, line by line": b"{\n" * 100_000,
    "900 mappings": b"{a: " * 900 + b"}" * 900,
    "900 block mappings": block_mappings(900),
    "block sequences": b"- " * 100_000,
    "explicit keys": b"? " * 100_000,
    "explicit keys in flow": filled("[", "? "),
    "mixed brackets": b"[{a: " * 50_000,
}

_SIZE = {
    "file over the limit": b"a: b\n" + b"#" * MEBIBYTE,
    "key too long without a question mark": b"k" * LONG + b": 1",
    "1,001 documents": b"--- a\n" * 1_001,
    "empty documents": filled("", "---\n"),
    "100,001 nodes": b"[" + b"1, " * 100_000 + b"]",
    "a million colons": b":" * MEBIBYTE,
    "half a million colons": filled("", ": "),
    "a million commas": filled("[", ",", "]"),
    "a million quotes": b'"' * MEBIBYTE,
    "open quotes": filled('"', "a "),
    "a million exclamation marks": b"!" * MEBIBYTE,
    "a million percent signs": b"%" * MEBIBYTE,
    "a million bars": b"|" * MEBIBYTE,
    "a million tabs": b"\t" * MEBIBYTE,
    "pairs without commas": filled("{", "a: "),
    "anchors on nothing": filled("", "&a "),
}

_FAULTS = {
    "duplicate keys": filled("", "a: 1\n", size=400_000),
    "tags": filled("", "- !x 1\n", size=400_000),
    "tags under a huge key": b"? " + b"k" * LONG + b"\n: [" + b"!x 1, " * 40_000 + b"]",
    "tags under many huge keys": (
        b"{? " + b": {? ".join(b"k" * 15_000 for _ in range(50)) + b": [" + b"!x 1, " * 30_000
    ),
    "merges after the keys they bring": (
        b"a: &a {"
        + b"".join(b"k%d: 1, " % each for each in range(10_000))
        + b"}\nb: {"
        + b"".join(b"k%d: 1, " % each for each in range(10_000))
        + b"<<: *a}"
    ),
    "merges of scalars": b"<<: [" + b"1, " * 90_000 + b"]",
}

_SCALARS = {
    "integer of 5,000 digits": b"a: " + b"9" * 5_000,
    "integer of 250,000 digits": b"a: " + b"9" * LONG,
    "hexadecimal integer of 250,000 digits": b"a: 0x" + b"f" * LONG,
    "binary integer of 250,000 digits": b"a: 0b" + b"1" * LONG,
    "integer of 65 bits": b"a: 18446744073709551616",
    "float out of range": b"a: 1.0e+999",
    "float with a huge exponent": b"a: 1e" + b"9" * LONG,
    "not a number": b"a: .nan",
    "infinity": b"a: -.inf",
    "lone surrogate": b'a: "\\ud800"',
    "surrogate pair": b'a: "\\ud83d\\ude00"',
    "code point out of range": b'a: "\\U00110000"',
}

_TAGS = {
    "python object": b'!!python/object/apply:os.system ["true"]',
    "python name": b"a: !!python/name:os.system ''",
    "python module": b"a: !!python/module:os ''",
    "python tuple": b"a: !!python/tuple [1]",
    "binary": b"a: !!binary aGVsbG8=",
    "set": b"a: !!set {x, y}",
    "ordered map": b"a: !!omap [x: 1]",
    "pairs": b"a: !!pairs [x: 1]",
    "timestamp": b"a: !!timestamp 2001-01-01",
    "unknown tag": b"a: !vault secret",
    "tag that the value is not": b"a: !!int text",
    "tag of surrogates": b"a: !<%ED%A0%80> x",
    "tag in overlong UTF-8": b"a: !<%C0%80> x",
    "tag of a NUL": b"a: !<%00> x",
    "huge tag": b"a: !<tag:" + b"x" * LONG + b"> x",
}

_DIRECTIVES = {
    "tag directive for Python": (
        b"%TAG ! tag:yaml.org,2002:python/\n---\na: !object/apply:os.getcwd []"
    ),
    "many tag directives": "".join(f"%TAG !a{each}! tag:x:\n" for each in range(40_000)).encode()
    + b"---\na: 1",
    "repeated tag directive": b"%TAG ! tag:x:\n" * 50_000 + b"---\na: 1",
    "YAML 2.0": b"%YAML 2.0\n---\na: 1",
    "YAML of huge version": b"%YAML 1." + b"9" * LONG + b"\n---\na: 1",
    "YAML twice": b"%YAML 1.1\n%YAML 1.1\n---\na: 1",
    "unknown directive": b"%INCLUDE /etc/passwd\n---\na: 1",
}

_ENCODING = {
    "UTF-16 LE": "a: b".encode("utf-16"),
    "UTF-16 BE": b"\xfe\xff" + "a: b".encode("utf-16-be"),
    "UTF-16 without mark": "a: b".encode("utf-16-le"),
    "UTF-32": "a: b".encode("utf-32"),
    "Latin-1": b"a: caf\xe9",
    "surrogates in UTF-8": b"a: \xed\xa0\x80",
    "overlong UTF-8": b"a: \xc0\xaf",
    "UTF-8 cut short": b"a: \xf0\x9f\x98",
    "NUL": b"a: b\0",
    "a million NULs": b"\0" * MEBIBYTE,
    "escape sequence": b"a: \x1b]8;;http://x\x07",
    "C1 control": "a: \u009b31m".encode(),
    "delete": b"a: \x7f",
    "noncharacter": "a: \uffff".encode(),
    "gzip": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03",
    "ELF": b"\x7fELF\x02\x01\x01" + b"\0" * 100,
}

LARGE: dict[str, bytes] = {
    "file over the limit": b"a: b\n" + b"#" * LARGE_SIZE,
    "text over the limit": b"a: " + b"t" * (MEBIBYTE + 1),
    "text over the limit in bytes": b"a: " + "\u20ac".encode() * 350_000,
    "text of line breaks": b"a: |\n" + b"\n" * (MEBIBYTE + 1) + b"  x",
    "text of escapes": b'a: "' + b"\\L" * 350_000 + b'"',
    "key over the limit": b"? " + b"k" * (MEBIBYTE + 1) + b"\n: 1",
    "8,001 documents": b"--- a\n" * 8_001,
    "400,001 nodes": b"[" + b"1, " * 400_000 + b"]",
    "laughs of a long text": laughs(4, 30, "t" * (MEBIBYTE - 10)),
    "tags": filled("", "- !x 1\n", size=LARGE_SIZE),
    "duplicate keys": filled("", "a: 1\n", size=LARGE_SIZE),
    "disputed words": filled("", "- yes\n", size=LARGE_SIZE),
    "unreadable escapes": filled("", '- "\\x80"\n', size=LARGE_SIZE),
    "pairs without commas": filled("{", "a: ", size=LARGE_SIZE),
    "million sequences": b"[" * LARGE_SIZE,
}
"""Refused where a file of 8 MiB is read."""

ATTACKS: dict[str, bytes] = (
    _EXPANSION | _NESTING | _SIZE | _FAULTS | _SCALARS | _TAGS | _DIRECTIVES | _ENCODING
)

LEGITIMATE: dict[str, tuple[bytes, str]] = {
    "100 aliases": (b"a: &a 1\nb: [" + b"*a, " * 100 + b"]", "exactly the limit"),
    "64 sequences": (b"a: " + b"[" * 63 + b"]" * 63, "exactly the limit"),
    "100,000 nodes": (b"a: [" + b"1, " * 99_997 + b"]", "exactly the limit"),
    "1,000 documents": (b"--- {a: 1}\n" * 1_000, "exactly the limit"),
    "file of a mebibyte": (filled("a: b\n", "#"), "exactly the limit"),
    "text of a mebibyte": (filled("a: ", "t"), "exactly the limit"),
    "key of a mebibyte": (filled("? ", "k", "\n: 1"), "exactly the limit"),
    "text of half a mebibyte of line breaks": (
        b"a: |\n" + b"\n" * 500_000 + b"  x",
        "ConfigMaps hold such texts",
    ),
    "a million single quotes": (b"'" * MEBIBYTE, "half as many in a text"),
    "a million dashes": (b"-" * MEBIBYTE, "a text"),
    "lines without a colon": (filled("", "a\n"), "a folded text"),
    "text of line separators": (b'a: "' + b"\\L" * 300_000 + b'"', "a long text, written longer"),
    "long comment": (filled("a: 1\n", "# "), "comments are not read"),
    "many comments": (filled("a: 1\n", "#\n"), "comments are not read"),
    "line breaks": (filled("a: 1\n", "\n"), "empty lines are not read"),
    "carriage returns": (filled("a: 1\n", "\r"), "empty lines are not read"),
    "empty lines of a text": (filled("a: |\n", "\n"), "clipped to no text at all"),
    "spaces": (filled("a: 1\n", " "), "trailing space is not read"),
    "anchors": (
        b"".join(b"k%d: &a%d v\n" % (each, each) for each in range(40_000)),
        "anchors without aliases cost nothing",
    ),
    "anchor with a huge name": (b"a: &" + b"a" * LONG + b" 1", "names of anchors are not kept"),
    "anchor set again": (filled("a: [", "&a 1, ", "]", size=400_000), "the last one counts"),
    "1,000 tag directives": (
        "".join(f"%TAG !a{each}! tag:x:\n" for each in range(1_000)).encode() + b"---\na: 1",
        "exactly the limit, and no tag is used",
    ),
    "digits that end in a letter": (b"a: " + b"1" * LONG + b"x", "a text for every reader"),
    "float of 250,000 digits": (b"a: 0." + b"1" * LONG, "rounded like every float"),
    "colons and digits": (b"a: " + b"1:" * 100_000 + b"x", "a text for every reader"),
    "underscores": (b"a: " + b"1_" * 100_000 + b"x", "a text for every reader"),
    "escapes": (b'a: "' + b"\\x41" * 200_000 + b'"', "a long text, written longer"),
    "folded lines": (b"a: >\n" + b" a\n" * 100_000, "one long text"),
    "empty sequences": (b"a: [" + b"[], " * 90_000 + b"]", "many, and not deep"),
    "two byte order marks": (b"\xef\xbb\xbf\xef\xbb\xbfa: 1", "the parser skips the second"),
    "bidirectional controls": ("a: x\u202e\u2066".encode(), "printable, and escaped when shown"),
    "plain date": (b"a: 2001-01-01", "a text in Kubernetes"),
    "five times nine laughs": (laughs(5, 9, "lol"), "7,400 nodes once expanded"),
}
