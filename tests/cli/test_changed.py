"""What was there before a change: told, and no reason to fail. And what else is a reason."""

import json

import pytest

from tests.support.git import commit_all, git, make_repository, write

DEPLOYMENT = "clusters/prod/apps/apps-deployment-frontend.yaml"
SERVICE = "clusters/prod/apps/apps-service-frontend.yaml"
KNOWN = "drifted before this change"


def edit(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.fixture
def drifted(fleet, kure):
    """A repository whose last commit has drifted in one file."""
    make_repository(fleet)
    kure("generate")
    edit(fleet / DEPLOYMENT, "replicas: 3", "replicas: 5")
    commit_all(fleet, "first")
    return fleet


def test_drift_of_the_base_is_told_and_no_reason_to_fail(drifted, kure):
    assert kure("check")[0] == 1
    code, out, _ = kure("check", "--changed", "HEAD")
    assert (code, KNOWN in out) == (0, True)
    assert "1 of 9 files drifted in 1 of 1 cluster, 1 before this change" in out
    code, out, _ = kure("check", "--changed", "HEAD", "--format", "github")
    assert (code, out.partition(" ")[0]) == (0, "::notice")
    code, out, _ = kure("check", "--changed", "HEAD", "--format", "json")
    assert json.loads(out)["drift"][0]["known"] is True
    assert json.loads(out)["summary"]["exitCode"] == 0
    assert "<failure" not in kure("check", "--changed", "HEAD", "--format", "junit")[1]


def test_drift_of_the_change_is_a_reason_beside_that_of_the_base(drifted, kure):
    (drifted / SERVICE).unlink()
    code, out, _ = kure("check", "--changed", "HEAD")
    assert (code, out.count(KNOWN)) == (1, 1)
    assert kure("check", "--changed", "HEAD", "--format", "github")[1].count("::error") == 1


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (DEPLOYMENT, "replicas: 5", "replicas: 6"),
        ("apps/frontend.yaml", "replicas: 3", "replicas: 4"),
    ],
    ids=["edited again", "asked for otherwise"],
)
def test_a_drifted_file_is_known_only_with_both_sides_as_before(drifted, kure, path, old, new):
    edit(drifted / path, old, new)
    code, out, _ = kure("check", "--changed", "HEAD")
    assert (code, KNOWN in out) == (1, False)


def test_a_leftover_of_the_base_is_known(drifted, kure):
    write(drifted, {"clusters/prod/old.yaml": (drifted / DEPLOYMENT).read_bytes()})
    assert kure("check", "--changed", "HEAD")[0] == 1
    commit_all(drifted, "a leftover")
    assert kure("check", "--changed", "HEAD")[0] == 0


def test_a_run_that_knows_of_drift_leaves_no_stamp(drifted, kure):
    assert kure("check", "--changed", "HEAD")[0] == 0
    assert kure("check")[0] == 1


@pytest.mark.parametrize("command", ["check", "lint"])
def test_a_faulty_base_does_not_stop_what_corrects_it(drifted, kure, command):
    stack = (drifted / "stacks/prod.yaml").read_text()
    write(drifted, {"stacks/prod.yaml": stack.replace("kind: Cluster", "kind: Clutser", 1)})
    commit_all(drifted, "faults")
    write(drifted, {"stacks/prod.yaml": stack})
    base = git(drifted, "rev-parse", "HEAD").strip()
    code, out, _ = kure(command, "--changed", base)
    assert code == (command == "check")
    assert f"skipped: what {base[:7]} has already: it has faults of its own" in out
    assert f"{base[:7]}:stacks/prod.yaml:2" in out


def test_validate_leaves_out_the_findings_of_the_base(drifted, kure):
    edit(drifted / DEPLOYMENT, "replicas: 5", "replicaz: 5")
    commit_all(drifted, "a fault")
    write(drifted, {DEPLOYMENT: "# lines move\n" + (drifted / DEPLOYMENT).read_text()})
    assert kure("validate", "clusters")[0] == 1
    code, out, _ = kure("validate", "clusters", "--changed", "HEAD", "--verbose")
    assert (code, out.splitlines()[-1][-30:]) == (0, "ped. 1 known finding left out.")
    edit(drifted / SERVICE, "port: ", "prot: ")
    code, out, _ = kure("validate", "clusters", "--changed", "HEAD")
    assert code == 1
    assert "replicaz" not in out
    assert "1 known finding left out." in out


def test_validate_takes_files_that_the_base_has_not(drifted, kure):
    write(
        drifted, {"new/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndaat: {}\n"}
    )
    assert kure("validate", "new", "--changed", "HEAD")[0] == 1


def test_standard_input_has_no_base(drifted, kure):
    code, _, err = kure("validate", "-", "--changed", "HEAD")
    assert (code, "--changed can't be used with standard input" in err) == (2, True)


@pytest.mark.parametrize("command", ["check", "validate"])
def test_a_base_that_is_unknown_is_wrong_usage(drifted, kure, command):
    edit(drifted / DEPLOYMENT, "replicas: 5", "replicaz: 5")
    code, _, err = kure(command, "--changed", "nowhere", *(["clusters"] * (command == "validate")))
    assert (code, "'nowhere' names no commit of this repository" in err) == (2, True)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ("changes", 1),
        ("findings", 0),
        ("findings,changes", 1),
        ("risks", 0),
        ("never", 0),
    ],
)
def test_a_run_fails_for_what_it_is_told_to(drifted, kure, options, code):
    assert kure("check", "--fail-on", options)[0] == code
    assert kure("diff", "HEAD", "--fail-on", options)[0] == 0


def test_a_risk_may_be_the_only_reason(drifted, kure):
    edit(drifted / DEPLOYMENT, "replicas: 5", "replicas: 0")
    edit(drifted / "apps/frontend.yaml", "replicas: 3", "replicas: 0")
    assert kure("diff", "--fail-on", "risks")[0] == 1
    edit(drifted / "apps/frontend.yaml", "replicas: 0", "replicas: 4")
    assert kure("diff", "--fail-on", "risks")[0] == 0


def test_wrong_input_is_always_a_reason(drifted, kure):
    edit(drifted / "stacks/prod.yaml", "kind: Cluster", "kind: Clutser")
    assert kure("check", "--fail-on", "never")[0] == 2


def test_an_unknown_reason_is_wrong_usage(drifted, kure):
    code, _, err = kure("check", "--fail-on", "changes,drift")
    assert code == 2
    assert (
        "--fail-on changes,drift has 'drift', which is nothing to fail on. Name some of changes, "
        "risks, findings, warnings with commas between, or never." in err
    )
