"""Suppressions: by annotation and by comment, and those that suppress nothing."""

import pytest

from kure_hooks.lint.catalogue import Check
from kure_hooks.lint.running import run
from kure_hooks.lint.selection import Selection
from tests.support.counting import calls
from tests.support.repositories import CONFIG_MAP, KUSTOMIZATION, blue, repository, rule

OWNER = KUSTOMIZATION.format(name="apps")
OBJECT = CONFIG_MAP.format(name="web")
ANNOTATED = "metadata:\n  annotations: {{kure-hooks.io/ignore: '{}'}}"


def annotated(text, names):
    return text.replace("metadata:", ANNOTATED.format(names))


def lines(owner, item, *rules, selection=("TT", "LI"), clusters=("prod",)):
    texts = {"apps.yaml": owner, "web.yaml": item}
    owned = {name: {"apps.yaml": ["web.yaml"]} for name in clusters}
    whole = repository(texts, owned)
    findings = run(whole, Selection(select=selection), rules or [blue()])
    return [f"{item.at}: {item.rule}: {item.problem}" for item in findings]


BLUE = "web.yaml:7:3: TT001: it is blue"


def test_without_a_suppression_all_is_found():
    assert lines(OWNER, OBJECT) == [BLUE]


@pytest.mark.parametrize(
    "names", ["TT001", "tt001", "TT", "TT00?", "ZZ001, TT001", "TT001 -- because it is the sky"]
)
def test_an_annotation_suppresses_findings_about_its_object(names):
    found = lines(OWNER, annotated(OBJECT, names))
    assert not any("TT001" in line for line in found)


def test_an_annotation_of_the_owner_suppresses_findings_about_what_it_applies():
    assert lines(annotated(OWNER, "TT001"), OBJECT, clusters=("prod", "test")) == []


def test_an_annotation_of_another_object_is_of_no_use():
    other = annotated(CONFIG_MAP.format(name="sky").replace("blue", "grey"), "TT001")
    assert lines(OWNER, f"{OBJECT}---\n{other}") == [
        BLUE,
        "web.yaml:12:17: LI001: nothing is found here that TT001 would suppress",
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("color: blue", "color: blue  # kure-hooks: ignore TT001"),
        ("  color: blue", "  # kure-hooks: ignore TT001\n  color: blue"),
        ("  color: blue", "  #kure-hooks:ignore TT001\n  # more on it\n\n  color: blue"),
        ("apiVersion", "# kure-hooks: ignore-file TT001\napiVersion"),
        ("apiVersion", "# About colours\n---\n# kure-hooks: ignore-file TT\napiVersion"),
    ],
)
def test_a_comment_suppresses_findings_at_its_line_at_the_next_or_in_its_file(old, new):
    assert lines(OWNER, OBJECT.replace(old, new)) == []


@pytest.mark.parametrize(
    ("old", "new", "left"),
    [
        ("\ndata:", "\n# kure-hooks: ignore TT001\ndata:", ["6:1: LI001", "8:3: TT001"]),
        ("\ndata:", "\ndata:\n  # kure-hooks: ignore-file TT001", ["7:3: LI002", "8:3: TT001"]),
        ("color: blue", 'color: blue\n  x: "# kure-hooks: ignored"', ["7:3: TT001"]),
    ],
)
def test_a_comment_elsewhere_suppresses_nothing(old, new, left):
    found = lines(OWNER, OBJECT.replace(old, new))
    assert [line.removeprefix("web.yaml:")[:10] for line in found] == left


def test_what_is_of_no_use_is_told():
    text = OBJECT.replace("blue", "grey  # kure-hooks: ignore TT001, TT")
    assert lines(annotated(OWNER, "TT"), text) == [
        "apps.yaml:4:17: LI001: nothing is found here that TT would suppress",
        "web.yaml:7:16: LI001: nothing is found here that TT would suppress",
        "web.yaml:7:16: LI001: nothing is found here that TT001 would suppress",
    ]


def test_of_a_rule_that_did_not_run_nothing_is_told():
    rules = [blue(), blue("TT002")]
    text = annotated(OBJECT.replace("blue", "grey"), "TT002, TT")
    assert lines(OWNER, text, *rules, selection=("TT001", "LI")) == []


@pytest.mark.parametrize(
    ("names", "problem"),
    [("TT999", 'lint has no rule "TT999"'), (" ", "this suppression names no rule")],
)
def test_unknown_rules_are_told(names, problem):
    assert lines(OWNER, annotated(OBJECT, names)) == [
        f"web.yaml:4:17: LI002: {problem}",
        "web.yaml:8:3: TT001: it is blue",
    ]
    comment = OBJECT.replace("blue", f"grey # kure-hooks: ignore {names}")
    assert lines(OWNER, comment) == [f"web.yaml:7:15: LI002: {problem}"]


def test_the_rules_about_suppressions_are_chosen_like_others():
    text = annotated(OBJECT.replace("blue", "grey"), "TT001, TT999")
    assert [line.split(": ")[1] for line in lines(OWNER, text, selection=("TT", "LI002"))] == [
        "LI002"
    ]


@pytest.mark.parametrize("names", ["[]", "5", "{a: b}", "null"])
def test_an_annotation_that_is_no_text_is_none(names):
    text = OBJECT.replace(
        "metadata:", f"metadata:\n  annotations: {{kure-hooks.io/ignore: {names}}}"
    )
    assert lines(OWNER, text) == ["web.yaml:8:3: TT001: it is blue"]


def test_a_finding_about_all_clusters_is_suppressed_by_its_object_too():
    def check(whole):
        for item in whole.unreached:
            yield item.finding((), "nothing applies it", "list it", "")

    whole = repository({"web.yaml": annotated(OBJECT, "TT001")}, {}, ["web.yaml"])
    assert (
        run(whole, Selection(select=("TT",)), [Check("TT001", rule(), of_repository=check)]) == []
    )


def test_a_comment_at_the_end_is_for_nothing():
    assert lines(OWNER, f"{OBJECT}# kure-hooks: ignore TT001") == [
        BLUE,
        "web.yaml:8:1: LI001: nothing is found here that TT001 would suppress",
    ]


@pytest.mark.parametrize("breaks", ["\u2028", "\x85", "\u2029", "\x0c"])
def test_characters_that_are_no_line_breaks_move_no_suppression(breaks):
    text = f"# a{breaks}b{breaks}c\n{OBJECT}".replace("color", "# kure-hooks: ignore TT\n  color")
    data = run(
        repository({"apps.yaml": OWNER, "web.yaml": text}, {"prod": {"apps.yaml": ["web.yaml"]}}),
        Selection(select=("TT", "LI")),
        [blue()],
    )
    assert [item for item in data if item.rule == "TT001"] == []


def test_only_so_many_comments_of_a_file_count():
    """Work grows with the comments, not with comments times findings times rules."""
    many = "".join("# kure-hooks: ignore-file ZZ001\n" for _ in range(1_500))
    found = lines(OWNER, f"{many}{OBJECT}# kure-hooks: ignore-file TT001\n")
    assert len([line for line in found if "LI002" in line]) == 1_000
    assert len([line for line in found if "TT001: it is blue" in line]) == 1


def test_a_byte_order_mark_is_before_the_first_comments():
    assert lines(OWNER, f"\ufeff# kure-hooks: ignore-file TT001\n{OBJECT}") == []


def test_a_suppression_of_a_rule_on_changes_is_of_use_in_another_run():
    change = Check("TT009", rule(), of_change=lambda _before, _after: ())
    assert lines(OWNER, annotated(OBJECT.replace("blue", "grey"), "TT009"), change) == []


def shared(owners, objects, selectors=20):
    """Return a repository whose many owners, each with an annotation, apply the same objects."""
    names = " ".join(f"ZZ{at:02}" for at in range(selectors))
    texts = {
        f"o{at}.yaml": annotated(KUSTOMIZATION.format(name=f"o{at}"), names) for at in range(owners)
    }
    texts["web.yaml"] = "---\n".join(CONFIG_MAP.format(name=f"w{at}") for at in range(objects))
    return repository(texts, {"prod": {path: ["web.yaml"] for path in texts if path != "web.yaml"}})


def test_each_suppression_is_asked_once_for_a_rule():
    def work(owners):
        whole = shared(owners, 10)
        return calls(lambda: run(whole, Selection(select=("TT",)), [blue()]))

    work(2)
    few, more = work(10), work(40)
    assert more < few * 4 * 1.5


def test_an_owner_that_is_applied_often_is_entered_once():
    texts = {"app.yaml": annotated(KUSTOMIZATION.format(name="app"), "TT001")}
    texts |= {f"o{at}.yaml": KUSTOMIZATION.format(name=f"o{at}") for at in range(30)}
    texts["web.yaml"] = "---\n".join(CONFIG_MAP.format(name=f"w{at}") for at in range(30))
    owned = {f"o{at}.yaml": ["app.yaml"] for at in range(30)} | {"app.yaml": ["web.yaml"]}
    whole = repository(texts, {"prod": owned})
    assert run(whole, Selection(select=("TT", "LI")), [blue()]) == []


def test_a_selector_that_is_too_long_means_nothing():
    (found,) = lines(OWNER, annotated(OBJECT.replace("blue", "grey"), "T" * 5_000))
    assert len(found) < 200
