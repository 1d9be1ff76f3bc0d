"""How each family of YAML readers takes a plain scalar, ported from their own rules."""

import re
from math import inf

import yaml

# PyYAML has a tag for these, although its own parser never hands them over as plain scalars.
INDICATORS = {"!", "&", "*"}


def pyyaml_reads(text):
    """PyYAML's safe loader."""
    loader = yaml.SafeLoader("")
    tag = loader.resolve(yaml.ScalarNode, text, (True, False))
    return loader.construct_object(yaml.ScalarNode(tag, text))


# YAML 1.2.2, section 10.3.2: what is something else than a text.
CORE_SCHEMA = re.compile(
    r"null|Null|NULL|~|"
    r"|true|True|TRUE|false|False|FALSE"
    r"|[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"
    r"|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"
    r"|[-+]?(\.inf|\.Inf|\.INF)|\.nan|\.NaN|\.NAN"
)

GO_WORDS = {"": None, "~": None}
for word, meaning in {"null": None, "y": True, "yes": True, "on": True, "true": True}.items():
    GO_WORDS |= dict.fromkeys((word, word.capitalize(), word.upper()), meaning)
for word in ("n", "no", "off", "false"):
    GO_WORDS |= dict.fromkeys((word, word.capitalize(), word.upper()), False)
for sign, number in {"": inf, "+": inf, "-": -inf}.items():
    GO_WORDS |= dict.fromkeys((f"{sign}.inf", f"{sign}.Inf", f"{sign}.INF"), number)
GO_WORDS |= dict.fromkeys((".nan", ".NaN", ".NAN"), inf)  # not a number either, and comparable

GO_BASES = {"0b": 2, "0B": 2, "0o": 8, "0O": 8, "0x": 16, "0X": 16}
DIGITS = "0123456789abcdef"


def go_parse_int(text, base=0):
    """strconv.ParseInt and ParseUint without underscores and limits; None is a syntax error."""
    sign, digits = (text[0], text[1:]) if text[:1] in {"+", "-"} else ("+", text)
    if base == 0:
        base = GO_BASES.get(digits[:2], 8 if digits[:1] == "0" and len(digits) > 1 else 10)
        digits = digits[2:] if digits[:2] in GO_BASES else digits
    if not digits or any(each not in DIGITS[:base] for each in digits.lower()):
        return None
    return int(sign + digits, base)


def go_parse_float(text):
    """strconv.ParseFloat of decimal digits; None is a syntax error."""
    number = re.fullmatch(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", text)
    return float(text) if number else None


def go_reads(text):
    """The function resolve of goyaml.v2 for a plain scalar; dates are texts in JSON."""
    if text in GO_WORDS:
        return GO_WORDS[text]
    if text[0] == ".":
        if re.search(r"(?<![0-9])_|_(?![0-9])", text):
            return text
        number = go_parse_float(text.replace("_", ""))
        return text if number is None else number
    if text[0] not in "+-0123456789":
        return text
    plain = text.replace("_", "")
    number = go_parse_int(plain)
    if number is None:
        number = go_parse_float(plain)
    if number is None and plain.startswith("0b"):
        number = go_parse_int(plain[2:], 2)
    if number is None and plain.startswith("-0b"):
        number = go_parse_int("-" + plain[3:], 2)
    return text if number is None else number
