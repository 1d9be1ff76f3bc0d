"""The reasons of drift in words, and in every format."""

import pytest

from kure_hooks.drift.result import (
    Cause,
    FieldChange,
    FileChange,
    Kind,
    ObjectChange,
    Reason,
    State,
)
from kure_hooks.outcome import Outcome
from kure_hooks.reports import REPORTS, Style, json, render, wording

EDITED, UNCLEAR, VERSION, STALE = Reason.EDITED, Reason.UNCLEAR, Reason.VERSION, Reason.STALE
COMMIT = {"commit": "1a2b3c4", "date": "2026-11-20"}
BY_HAND = "by hand in 1a2b3c4 on 2026-11-20"
OTHER = "written by another version of kure-hooks"


@pytest.mark.parametrize(
    ("kind", "cause", "words"),
    [
        (Kind.CHANGED, Cause(STALE), "stale"),
        (Kind.CHANGED, Cause(STALE, ("a",)), "stale: a changed"),
        (Kind.CHANGED, Cause(STALE, tuple("abcde")), "stale: a, b, c and 2 more changed"),
        (Kind.CHANGED, Cause(STALE, ("a",), deleted=("a",)), "stale: a was deleted"),
        (Kind.CHANGED, Cause(STALE, ("a", "b"), deleted=("a", "b")), "stale: a, b were deleted"),
        (Kind.CHANGED, Cause(STALE, ("a", "b"), deleted=("a",)), "stale: a (deleted), b changed"),
        (Kind.UNEXPECTED, Cause(STALE, ("a",)), "no longer generated: a changed"),
        (Kind.CHANGED, Cause(EDITED), "edited by hand, not committed"),
        (Kind.CHANGED, Cause(EDITED, **COMMIT), "edited by hand in 1a2b3c4 on 2026-11-20"),
        (
            Kind.CHANGED,
            Cause(EDITED, **COMMIT, earlier=("5d6e7f8", "9a0b1c2"), uncommitted=True),
            f"edited {BY_HAND}, before that in 5d6e7f8, 9a0b1c2, and since then, not committed",
        ),
        (Kind.MISSING, Cause(EDITED), "removed by hand, not committed"),
        (Kind.RENAMED, Cause(EDITED), "moved by hand, not committed"),
        (Kind.UNEXPECTED, Cause(EDITED, **COMMIT), "added by hand in 1a2b3c4 on 2026-11-20"),
        (Kind.CHANGED, Cause(VERSION), "this version of kure-hooks writes it otherwise"),
        (Kind.RENAMED, Cause(VERSION), "this version of kure-hooks names it otherwise"),
        (Kind.MISSING, Cause(VERSION), "earlier versions of kure-hooks did not write it"),
        (Kind.UNEXPECTED, Cause(VERSION), "this version of kure-hooks does not write it"),
        (
            Kind.CHANGED,
            Cause(UNCLEAR),
            f"edited by hand, not committed, or {OTHER} or from other inputs",
        ),
        (
            Kind.FORMATTING,
            Cause(UNCLEAR, **COMMIT),
            f"reformatted in 1a2b3c4 on 2026-11-20, or {OTHER}",
        ),
        (
            Kind.MISSING,
            Cause(UNCLEAR),
            "never committed, or not written by another version of kure-hooks",
        ),
        (
            Kind.MISSING,
            Cause(UNCLEAR, **COMMIT),
            f"removed {BY_HAND}, or not {OTHER}",
        ),
        (
            Kind.RENAMED,
            Cause(UNCLEAR),
            "moved by hand, or named otherwise by another version of kure-hooks",
        ),
        (
            Kind.CHANGED,
            Cause(Reason.BOTH, ("a",), parts=(EDITED, STALE)),
            "edited by hand, not committed, and stale: a changed",
        ),
        (Kind.CHANGED, Cause(Reason.BOTH), "edited by hand, not committed, and stale"),
        (
            Kind.CHANGED,
            Cause(Reason.BOTH, ("a",), parts=(UNCLEAR, STALE)),
            f"edited by hand, not committed, or {OTHER} or from other inputs, and stale: a changed",
        ),
        (
            Kind.UNEXPECTED,
            Cause(Reason.BOTH, ("a",), parts=(EDITED, STALE)),
            "edited by hand, not committed, and no longer generated: a changed",
        ),
        (Kind.CHANGED, Cause(Reason.CONFLICT, line=12), "merge conflict in line 12"),
        (Kind.CHANGED, Cause(Reason.CONFLICT), "unresolved merge conflict"),
    ],
)
def test_words(kind, cause, words):
    assert wording.cause(cause, kind) == words


def test_a_field_has_words_for_each_reason_that_it_can_have():
    reasons = set(Reason) - {Reason.CONFLICT}
    texts = {wording.because(FieldChange("a", reason=reason)) for reason in reasons}
    assert len(texts) == len(reasons)
    assert all(text.startswith(" (") for text in texts)
    assert wording.because(FieldChange("a")) == ""


CAUSE = Cause(Reason.BOTH, ("apps/a.yaml",), **COMMIT, parts=(EDITED, VERSION, STALE))
OUTCOME = Outcome(
    "check",
    drift=(
        FileChange(
            Kind.CHANGED,
            "clusters/prod/a.yaml",
            "clusters/prod",
            "stacks/prod.yaml",
            objects=(
                ObjectChange(
                    "ConfigMap a",
                    State.CHANGED,
                    (
                        FieldChange("data.a", "1", "2", reason=EDITED),
                        FieldChange("data.b", "1", "2", reason=VERSION),
                        FieldChange("data.c", "1", "2", lines=("-1", "+2"), reason=STALE),
                    ),
                ),
                ObjectChange("ConfigMap b", State.ADDED, reason=STALE),
            ),
            cause=CAUSE,
            before="a: 1\n",
            after="a: 2\n",
        ),
    ),
)


@pytest.mark.parametrize("name", sorted(REPORTS.keys() - {"diff"}))
def test_every_format_tells_them(name):
    text = render(name, OUTCOME, Style(width=400))
    assert text.count("1a2b3c4") >= 1
    if name == "json":
        assert json.parse(text) == OUTCOME
        return
    for words in (
        "edited by hand in 1a2b3c4 on 2026-11-20",
        "this version of kure-hooks writes it otherwise",
        "stale: apps/a.yaml changed",
        "(edited by hand)",
        "(written otherwise by this version)",
        "(stale)",
    ):
        assert words in text
