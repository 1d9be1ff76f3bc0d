"""A report replaces reports, and nothing that people wrote."""

import pytest

from kure_hooks.reports import REPORTS
from tests.support.git import commit_all, make_repository, write

# These say whose they are in their beginning.
SIGNED = ["html", "json", "junit", "markdown", "rdjson", "sarif"]


@pytest.fixture
def drifted(fleet, kure):
    """A repository in git whose tree is not generated yet, so that each report has much to say."""
    make_repository(fleet)
    write(fleet, {"notes.txt": "mine\n", "README.md": "# mine\n", ".git-notes": "mine\n"})
    commit_all(fleet, "all")
    return fleet


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("stacks/prod.yaml", "names a file that is no report. Choose another file."),
        ("apps/frontend.yaml", "names a file that is no report. Choose another file."),
        (".kure-hooks.yaml", "names a file that is no report. Choose another file."),
        (
            "clusters/prod/kustomization.yaml",
            "names a file that is no report. Choose another file.",
        ),
        ("notes.txt", "names a file that git tracks and that is no report. Choose another file."),
        ("README.md", "names a file that git tracks and that is no report. Choose another file."),
        (".git/config", "is part of git's own data. Choose another file."),
        (".git/new", "is part of git's own data. Choose another file."),
        ("link", "names a file that git tracks and that is no report. Choose another file."),
    ],
)
@pytest.mark.parametrize("command", ["generate", "check"])
def test_what_is_no_report_stays(drifted, kure, command, path, problem):
    write(drifted, {".kure-hooks.yaml": "version: 1\n"})
    (drifted / "link").symlink_to("notes.txt")
    if path.startswith("clusters"):
        kure("generate")
    place = drifted / path
    before = place.read_bytes() if place.exists() else None
    code, out, err = kure(command, "--output", f"text={path}", "--output", "json=new.json")
    assert (code, out) == (2, "")
    assert err.startswith(f"error: --output {path} {problem}")
    assert (place.read_bytes() if place.exists() else None) == before
    assert not (drifted / "new.json").exists()


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_a_report_replaces_an_earlier_one(drifted, kure, name):
    for _ in range(2):
        code, _, err = kure("check", "--quiet", "--output", f"{name}=report.out")
        assert (code, err) == (1, "")


@pytest.mark.parametrize("name", SIGNED)
def test_a_report_that_is_tracked_is_replaced_as_well(drifted, kure, name):
    kure("check", "--quiet", "--output", f"{name}=report.out")
    commit_all(drifted, "report")
    code, _, err = kure("check", "--quiet", "--output", f"{name}=report.out")
    assert (code, err) == (1, "")


def test_without_git_inputs_and_generated_files_stay_too(fleet, kure):
    kure("generate")
    for path in ("stacks/prod.yaml", "clusters/prod/kustomization.yaml"):
        before = (fleet / path).read_bytes()
        assert kure("check", "--output", f"text={path}")[0] == 2
        assert (fleet / path).read_bytes() == before
