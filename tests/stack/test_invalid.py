"""Each folder of tests/invalid is a repository with faults; its findings.txt lists all of them."""

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from kure_hooks.cli import main

CASES = sorted(path for path in (Path(__file__).parents[1] / "invalid").iterdir() if path.is_dir())
FINDINGS = "findings.txt"
IS_A_LINK = "is a symbolic link. Put the file itself in its place."

WEB = """\
apiVersion: generators.gokure.dev/v1alpha1
kind: Manifests
metadata: {name: web}
spec: {files: [service.yaml]}
"""
SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n"


def named(case):
    return case.name


def check(root):
    """Run the command as a user would; what is there must be the same afterwards."""
    before = content(root)
    result = CliRunner().invoke(main, ["check", "--root", str(root)])
    assert content(root) == before
    assert result.stderr == ""
    return result.exit_code, result.stdout.splitlines()


def content(root):
    return {
        path: path.is_dir() or path.read_bytes()
        for path in root.rglob("*")
        if not path.is_symlink()
    }


def stack(applications):
    return (
        "name: prod\nnode:\n  name: prod\n  bundle:\n    name: platform\n"
        f"    applications: [{applications}]\n"
    )


@pytest.fixture
def repository(tmp_path):
    """A repository without faults, and a directory outside of it."""
    root = tmp_path / "repository"
    for path, text in {
        "stacks/prod.yaml": stack("{path: ../apps/web.yaml}"),
        "apps/web.yaml": WEB,
        "apps/service.yaml": SERVICE,
        "../outside/web.yaml": WEB,
    }.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return root


def replace_by_link(file, target):
    file.unlink()
    file.symlink_to(target)


@pytest.mark.parametrize("case", CASES, ids=named)
def test_all_faults_are_found_and_nothing_is_written(case, tmp_path):
    root = tmp_path / "repository"
    shutil.copytree(case, root, ignore=shutil.ignore_patterns(FINDINGS))
    expected = (case / FINDINGS).read_text().splitlines()
    assert check(root) == (2, expected)


def test_a_fault_of_one_stack_keeps_the_others_from_being_written(repository):
    (repository / "stacks/staging.yaml").write_text("name: staging\n")
    result = CliRunner().invoke(main, ["generate", "--root", str(repository)])
    assert result.exit_code == 2
    assert not (repository / "clusters").exists()


def test_there_are_many_cases():
    assert len(CASES) >= 60


def test_the_cases_name_every_rule_for_umbrellas():
    texts = [path.read_bytes() for case in CASES for path in case.glob("stacks/*.yaml")]
    numbers = {int(each) for text in texts for each in re.findall(rb"\bE4\.([0-9]+)", text)}
    assert numbers >= set(range(3, 20))


def test_a_link_to_an_application_is_refused(repository):
    replace_by_link(repository / "apps/web.yaml", "../../outside/web.yaml")
    where = "stacks/prod.yaml:6:27: node.bundle.applications[0].path"
    assert check(repository) == (2, [f"{where}: apps/web.yaml {IS_A_LINK}"])


def test_a_link_to_a_manifest_is_refused(repository):
    replace_by_link(repository / "apps/service.yaml", "/etc/passwd")
    code, findings = check(repository)
    assert code == 2
    assert [each.partition(": ")[2] for each in findings] == [
        f"spec.files[0]: apps/service.yaml {IS_A_LINK}"
    ]


def test_a_link_in_the_way_of_an_application_is_refused(repository):
    (repository / "stacks/prod.yaml").write_text(stack("{path: ../linked/web.yaml}"))
    (repository / "linked").symlink_to("../outside")
    code, findings = check(repository)
    assert code == 2
    assert "linked is a symbolic link" in "\n".join(findings)


def test_a_stack_file_that_is_a_link_is_refused(repository):
    replace_by_link(repository / "stacks/prod.yaml", "../../outside/web.yaml")
    assert check(repository) == (2, [f"stacks/prod.yaml: it {IS_A_LINK}"])


def test_settings_that_are_a_link_are_refused(repository):
    (repository / ".kure-hooks.yaml").symlink_to("../outside/web.yaml")
    assert check(repository) == (2, [f".kure-hooks.yaml: it {IS_A_LINK}"])
