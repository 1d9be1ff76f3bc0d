"""Texts that some YAML writer gets wrong."""

import random

ALPHABET = (
    "0123456789+-:#?!&*[]{},|>'\"%@`~=<\\./_^$;() \t\n\r\0\x07\x1b\x7f\x85\x9b\xa0\xad"
    "\u200b\u200d\u200e\u2028\u2029\u202e\u2066\u2069\u3000\ufeff\ufffd\ue000\ufe0f"
    "abefinoxyzABEFNOTXYZ\u00e9\u0130\u0663\u4e2d\u05d0\U0001f600\U000e0041\U0010ffff"
)
"""Characters with a meaning in YAML, and characters that hide, move or break lines."""

_WORDS = r"""
    y n yes No ON off true False null NULL ~ = << - -- --- ... ? : :: # ! & * | > @ ` % " ' \ ,
    [] {} 0 -0 08 0777 0o17 0b1 0b-1 0x1F 1_000 1e3 1.5e+3 .5 -.5 ._5 .inf -.INF .nan + . e
    1:30 22:22:22 2001-01-01 2001-1-1T1:2:3Z 10.0.0.1 1,000 18446744073709551616
    a:b a:# a#b #a -a --a ?a :a !a &a *a |a >a %a @a `a "a 'a a' a" \a ~a =a ,a a, [a {a a] a}
    $(A) ${A} {{.a}} http://x/#y C:\x /a/b
"""
WORDS = _WORDS.split()
"""Texts that some reader takes for something else."""

PHRASES = [
    "", " ", "\n", "\t", " a", "a ", "a: b", "a :b", "a #b", "a: ", "- a", "? a", "... a", "--- a",
    "%YAML 1.1", "a\n", "a\n\n", "\na", " a\nb", "a\n b", "a \nb", "a\n\tb", "\ta\nb", "a\r\nb",
    "a\n \n", "a\n  ", "# a\nb", "---\na", "a\n...\nb", "key: |\n  x\n",
    "2001-12-14 21:59:43.10 -5",
    "x" * 130, "x " * 100, "- " * 100, "a\n" * 50, "\U0001f600" * 300,
]  # fmt: skip
"""Texts with blanks and line breaks where they hurt."""


def texts(count: int) -> list[str]:
    """Return that many different texts, the same in every run."""
    chance = random.Random(0)  # noqa: S311 - repeatable on purpose
    found = dict.fromkeys([*WORDS, *PHRASES])
    while len(found) < count:
        length = chance.choice((1, 2, 3, 5, 8, 20))
        found["".join(chance.choices(ALPHABET, k=length))] = None
    return list(found)
