"""A run of rules: identifiers, owners, clusters that share a finding, choice and weight."""

import pytest

from kure_hooks.findings import Severity
from kure_hooks.lint import running
from kure_hooks.lint.catalogue import Check
from kure_hooks.lint.running import Run, run
from kure_hooks.lint.selection import Selection, covers
from tests.support.repositories import CONFIG_MAP, KUSTOMIZATION, blue, repository, rule

OURS = Selection(select=("TT", "LI"))
TEXTS = {
    "prod/apps.yaml": KUSTOMIZATION.format(name="apps"),
    "test/apps.yaml": KUSTOMIZATION.format(name="apps"),
    "base/web.yaml": CONFIG_MAP.format(name="web"),
    "prod/only.yaml": CONFIG_MAP.format(name="only"),
}
SHARED = {
    "prod": {"prod/apps.yaml": ["base/web.yaml", "prod/only.yaml"]},
    "test": {"test/apps.yaml": ["base/web.yaml"]},
}


def found(selection=OURS, *rules):
    return run(repository(TEXTS, SHARED), selection, rules or [blue()])


def test_clusters_with_the_same_finding_share_it():
    shared, only = found()
    assert str(shared.at) == "base/web.yaml:7:3"
    assert shared.clusters == ("prod", "test")
    assert only.clusters == ("prod",)
    assert (shared.rule, shared.object) == ("TT001", "ConfigMap shop/web")
    assert shared.owner == only.owner == "Kustomization flux-system/apps"


def test_a_finding_keeps_the_rule_that_it_names_itself():
    def check(cluster):
        item = cluster.owners[0].resource
        yield item.finding(("spec",), "odd", "", "ZZ009")

    (finding, _) = run(repository(TEXTS, SHARED), OURS, [Check("TT002", rule(), check)])
    assert finding.rule == "ZZ009"
    assert finding.owner == "Kustomization flux-system/apps"


def test_a_rule_may_look_at_the_whole_repository():
    def check(whole):
        for item in whole.unreached:
            yield item.finding((), "nothing applies it", "list it", "")

    whole = repository(TEXTS, {"test": SHARED["test"]}, ["prod/only.yaml"])
    (finding,) = run(whole, OURS, [Check("TT003", rule(), of_repository=check)])
    assert finding.rule == "TT003"
    assert finding.clusters == ()
    assert finding.owner == ""


@pytest.mark.parametrize(
    ("selector", "name", "means"),
    [
        ("FX001", "FX001", True),
        ("fx", "FX001", True),
        ("FX00?", "FX001", True),
        ("*1", "FX001", True),
        ("FX002", "FX001", False),
        ("X", "FX001", False),
        ("FX0011", "FX001", False),
        ("FX[0-9]*", "FX001", True),
    ],
)
def test_selectors(selector, name, means):
    assert covers(selector, name) is means


@pytest.mark.parametrize(
    ("selection", "rules"),
    [
        (Selection(select=("TT001",)), ["TT001"]),
        (Selection(select=("TT",), ignore=("TT001",)), ["TT002"]),
        (Selection(select=("TT",), severity={"TT002": "off"}), ["TT001"]),
        (Selection(select=("TT",), severity={"TT": "off", "TT002": "error"}), ["TT002"]),
        (Selection(select=("LI",)), []),
    ],
)
def test_only_chosen_rules_run(selection, rules):
    ran = []

    def check(name):
        return Check(name, rule(), lambda _: ran.append(name) or ())

    run(repository(TEXTS, {"test": SHARED["test"]}), selection, map(check, ("TT001", "TT002")))
    assert ran == rules


def test_modules_are_loaded_only_when_they_are_chosen(monkeypatch):
    monkeypatch.setattr("kure_hooks.lint.catalogue.import_module", None)
    assert len(found()) == 2


def test_rules_can_be_left_out_for_some_files():
    selection = Selection(select=("TT",), paths={"base/**": ("TT",), "prod/*": ("ZZ",)})
    assert [finding.at.path for finding in found(selection)] == ["prod/only.yaml"]


@pytest.mark.parametrize(
    ("usual", "given", "configured", "severity"),
    [
        ("error", "error", "warning", "warning"),
        ("error", "warning", "error", "error"),
        ("error", "info", "error", "info"),  # it says that something can't be known
        ("info", "info", "error", "error"),
        ("warning", "warning", "info", "info"),
    ],
)
def test_the_severity_of_a_rule_can_be_changed(usual, given, configured, severity):
    check = blue(severity=Severity(usual), found=Severity(given))
    selection = Selection(select=("TT",), severity={"TT001": configured})
    assert {finding.severity for finding in found(selection, check)} == {severity}


def test_severities_have_an_order():
    assert sorted(Severity, key=lambda severity: severity.rank) == ["error", "warning", "info"]


def flood(number, severity=Severity.WARNING, words="odd"):
    """Return a check that finds so many things."""

    def check(cluster):
        resource = cluster.owners[0].resource
        for at in range(number):
            yield resource.finding(("spec",), f"{words} {at}", "", "TT001", severity)

    return Check("TT001", rule(), check)


def ran(*checks):
    return Run(repository(TEXTS, SHARED), OURS, checks)


def test_of_very_many_findings_the_first_of_each_severity_are_kept(monkeypatch):
    monkeypatch.setattr(running, "MOST_FINDINGS", 20)
    one = ran(flood(10))
    assert (len(one.findings), one.skipped) == (20, ())
    one = ran(flood(25), flood(3, Severity.ERROR, "wrong"))
    assert sum(finding.severity is Severity.ERROR for finding in one.findings) == 6
    assert len(one.findings) == 20 + 6
    (skipped,) = one.skipped
    assert str(skipped.subject) == "TT001"
    assert skipped.reason == "there are 30 more findings of this rule"
    assert ran(flood(25)).findings == ran(flood(25)).findings


def test_long_texts_leave_room_for_fewer_findings(monkeypatch):
    monkeypatch.setattr(running, "MOST_FINDINGS", 10)
    one = ran(flood(10, words="x" * 6_000))
    assert len(one.findings) == 2
    assert one.skipped


def test_useless_suppressions_are_told_up_to_a_number(monkeypatch):
    monkeypatch.setattr(running, "MOST_FINDINGS", 10)
    names = " ".join(f"ZZ{at}" for at in range(40))
    text = TEXTS["base/web.yaml"].replace("color", f"# kure-hooks: ignore {names}\n  color")
    one = Run(repository(TEXTS | {"base/web.yaml": text}, SHARED), OURS, [])
    assert [finding.rule for finding in one.findings] == ["LI002"] * 10
    assert [(item.subject, item.reason[:13]) for item in one.skipped] == [
        ("LI002", "there are 30 ")
    ]
