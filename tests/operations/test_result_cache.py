"""Kept results: only what has changed is made again, and every answer is that of a run without."""

import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from subprocess import run

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kure_hooks import registry
from kure_hooks.errors import KureHooksError
from kure_hooks.files.cache import user_directory
from kure_hooks.operations import cache as kept
from kure_hooks.operations.check import check
from kure_hooks.operations.generate import generate
from kure_hooks.operations.workspace import open_workspace
from tests.support.git import git, isolate

CLUSTERS = ("one", "two", "three")

STACK = """\
apiVersion: stack.gokure.dev/v1alpha1
kind: Cluster
metadata: {{name: {name}}}
spec:
  node:
    name: {name}
    bundle:
      name: web
      applications:
      - path: ../apps/{name}.yaml
      - path: ../shared/page.yaml
"""

APPLICATION = """\
apiVersion: generators.gokure.dev/v1alpha1
kind: Manifests
metadata: {{name: {name}, namespace: default}}
spec: {{files: [../manifests/{name}/*.yaml]}}
"""

PAGE = """\
apiVersion: generators.gokure.dev/v1alpha1
kind: Manifests
metadata: {name: page, namespace: default}
spec: {configMaps: [{name: page, files: [page.txt]}]}
"""

MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\ndata: {{number: '{number}'}}\n"

ENCRYPTED = """\
apiVersion: v1
kind: Secret
metadata: {name: a}
data: {password: "ENC[AES256_GCM,data:eA==,iv:eA==,tag:eA==,type:str]"}
sops: {mac: "ENC[AES256_GCM,data:eA==,iv:eA==,tag:eA==,type:str]", version: 3.9.0}
"""

GENERATED = "clusters/one/web/default-configmap-a.yaml"


def write(root, path, text):
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)


@pytest.fixture(autouse=True)
def alone(monkeypatch, tmp_path):
    """Programs and packages that other tests have asked for have no say here."""
    isolate(monkeypatch, tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(registry, "_GUESTS", set())


def fleet_of(root):
    """Write a fleet of three clusters in sync, committed, with results that are kept."""
    for name in CLUSTERS:
        write(root, f"stacks/{name}.yaml", STACK.format(name=name))
        write(root, f"apps/{name}.yaml", APPLICATION.format(name=name))
        write(root, f"manifests/{name}/a.yaml", MAP.format(name="a", number=1))
    write(root, "shared/page.yaml", PAGE)
    write(root, "shared/page.txt", "one\ntwo\n")
    git(root, "init", "-q")
    generate(open_workspace(root))
    git(root, "add", ".")
    git(root, "commit", "-qm", "fleet")
    assert made(root) == 0
    return root


@pytest.fixture
def fleet(tmp_path):
    """A fleet of three clusters; see `fleet_of`."""
    return fleet_of(tmp_path / "fleet")


def made(root, command=check, source="worktree", code=0):
    """Return how many stacks a command generates."""
    totals = [0]
    outcome = command(
        open_workspace(root, source=source, progress=lambda _, total: totals.append(total))
    )
    assert outcome.exit_code == code
    return max(totals)


def answer(root, source):
    """Return all that a check has to say."""
    try:
        return check(open_workspace(root, source=source))
    except KureHooksError as error:
        return type(error), str(error)


def plain(root, source):
    """Return what a check says that keeps nothing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KURE_HOOKS_CACHE", "")
        return answer(root, source)


def agrees(root):
    for source in ("worktree", "index"):
        expected = plain(root, source)
        for _ in range(2):
            assert answer(root, source) == expected


@pytest.mark.parametrize("command", [check, generate])
@pytest.mark.parametrize("source", ["worktree", "index"])
def test_of_three_stacks_the_changed_one_is_made(fleet, command, source):
    assert made(fleet, command, source) == 0
    write(fleet, "manifests/one/a.yaml", MAP.format(name="a", number=2))
    git(fleet, "add", ".")
    assert made(fleet, command, source, code=1) == 1
    generate(open_workspace(fleet))
    git(fleet, "add", ".")
    assert made(fleet, command, source) == 0


def test_commands_share_what_they_keep(fleet):
    shutil.rmtree(user_directory("results"))
    assert made(fleet, generate, "index") == 3
    assert made(fleet) == 0


def test_a_shared_input_concerns_all_stacks_that_read_it(fleet):
    write(fleet, "shared/page.txt", "three\n")
    assert made(fleet, code=1) == 3
    agrees(fleet)


def test_a_warning_of_a_kept_result_is_told_again(fleet):
    write(fleet, "manifests/one/a.yaml", ENCRYPTED)
    generate(open_workspace(fleet))
    git(fleet, "add", ".")
    for _ in range(2):
        assert [finding.rule for finding in answer(fleet, "worktree").findings] == ["FX033"]
    assert made(fleet) == 0
    agrees(fleet)


def test_results_come_back_with_the_commit(fleet):
    write(fleet, "manifests/two/a.yaml", MAP.format(name="a", number=2))
    assert made(fleet, generate, code=1) == 1
    git(fleet, "commit", "-qam", "two")
    assert made(fleet) == 0
    git(fleet, "checkout", "-q", "HEAD~1")
    assert made(fleet) == 1


def test_a_new_file_that_a_pattern_takes_in_is_seen(fleet):
    write(fleet, "manifests/one/b.yaml", MAP.format(name="b", number=1))
    assert made(fleet, code=1) == 1
    agrees(fleet)


def test_an_edited_output_is_seen_and_so_is_its_undoing(fleet):
    text = (fleet / GENERATED).read_text()
    write(fleet, GENERATED, f"{text}# edited\n")
    assert made(fleet, code=1) == 1
    write(fleet, GENERATED, text)
    assert made(fleet) == 0


@pytest.mark.parametrize("path", ["clusters/one/other.yaml", "clusters/gone/x.yaml", "clusters/x"])
@pytest.mark.parametrize("ignored", [False, True])
def test_files_that_are_too_many_are_seen_wherever_they_are(fleet, path, ignored):
    if ignored:
        write(fleet, ".gitignore", f"/{path}\n")
    shutil.copy(fleet / GENERATED, fleet / "copy")
    (fleet / path).parent.mkdir(exist_ok=True)
    (fleet / "copy").rename(fleet / path)
    assert made(fleet, code=1) <= 1
    agrees(fleet)


def test_what_a_removed_stack_leaves_is_seen(fleet):
    (fleet / "stacks/two.yaml").unlink()
    assert made(fleet, code=1) == 0
    assert {change.directory for change in answer(fleet, "worktree").drift} == {"clusters/two"}
    agrees(fleet)


def test_two_stacks_with_one_cluster_are_refused(fleet):
    write(fleet, "stacks/four.yaml", STACK.format(name="one"))
    agrees(fleet)
    assert "also written by" in str(plain(fleet, "worktree"))


def test_an_input_that_moves_among_the_output_is_refused(fleet):
    write(fleet, ".kure-hooks.yaml", "version: 1\noutput: shared\n")
    agrees(fleet)


@pytest.mark.parametrize(
    "text", ["* text=auto\nclusters/** -text\n", "*.txt text eol=lf\n", "*.txt filter=lfs\n"]
)
def test_attributes_hide_nothing(fleet, text):
    write(fleet, ".gitattributes", text)
    agrees(fleet)
    if "filter" not in text:
        git(fleet, "add", "--renormalize", ".")
    agrees(fleet)
    (fleet / "shared/page.txt").write_bytes(b"one\r\ntwo\r\n")
    agrees(fleet)
    git(fleet, "status")
    agrees(fleet)


def test_settings_of_git_hide_nothing(fleet, tmp_path):
    git(fleet, "config", "core.autocrlf", "input")
    agrees(fleet)
    (fleet / "shared/page.txt").write_bytes(b"one\r\ntwo\r\n")
    agrees(fleet)
    (tmp_path / "attributes").write_text("*.txt filter=lfs\n")
    git(fleet, "config", "core.attributesFile", str(tmp_path / "attributes"))
    agrees(fleet)


@pytest.mark.parametrize("flag", ["--assume-unchanged", "--skip-worktree"])
def test_files_that_git_does_not_look_at_have_every_stack_made(fleet, flag):
    git(fleet, "update-index", flag, GENERATED)
    write(fleet, "shared/page.txt", "three\n")
    assert made(fleet, code=1) == 3
    agrees(fleet)


@pytest.mark.parametrize("directory", ["clusters/one", "manifests/one", "shared"])
def test_another_repository_in_the_way_is_seen(fleet, directory):
    git(fleet / directory, "init", "-q")
    agrees(fleet)


@pytest.mark.parametrize("directory", ["clusters/one", "manifests/one", "shared"])
def test_a_link_in_the_place_of_a_directory_is_seen(fleet, tmp_path, directory):
    (fleet / directory).rename(tmp_path / "elsewhere")
    (fleet / directory).symlink_to(tmp_path / "elsewhere")
    agrees(fleet)


def test_an_intention_to_add_is_no_file_of_the_index(fleet):
    write(fleet, "shared/page.txt", "")
    generate(open_workspace(fleet))
    git(fleet, "add", ".")
    agrees(fleet)
    git(fleet, "rm", "-q", "--cached", "shared/page.txt")
    git(fleet, "add", "-N", "shared/page.txt")
    agrees(fleet)


def test_an_output_that_is_only_intended_to_be_added_is_untracked(fleet):
    git(fleet, "rm", "-q", "--cached", GENERATED)
    git(fleet, "add", "-N", GENERATED)
    assert made(fleet, code=1) == 1
    agrees(fleet)


def test_an_index_of_its_own_counts(fleet, monkeypatch, tmp_path):
    shutil.copy(fleet / ".git/index", tmp_path / "index")
    write(fleet, "manifests/one/a.yaml", MAP.format(name="a", number=2))
    monkeypatch.chdir(fleet)
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    assert made(fleet, source="index") == 0
    git(fleet, "add", ".")
    monkeypatch.delenv("GIT_INDEX_FILE")
    assert made(fleet, source="index", code=1) == 1


@pytest.mark.parametrize("damage", [b"", b"x", b"\xc1", None])
def test_a_damaged_entry_is_as_if_there_were_none(fleet, damage):
    for file in user_directory("results").iterdir():
        data = file.read_bytes()
        file.write_bytes(data[: len(data) // 2] if damage is None else damage)
    assert made(fleet) == 3
    assert made(fleet) == 0


def test_who_wants_no_cache_has_none(fleet, monkeypatch):
    shutil.rmtree(user_directory("results"))
    monkeypatch.setenv("KURE_HOOKS_CACHE", "0")
    assert made(fleet) == made(fleet) == 3
    monkeypatch.delenv("KURE_HOOKS_CACHE")
    assert not user_directory("results").exists()


def test_the_cache_command_knows_the_results(fleet):
    about = {item.directory: item.entries for item in kept.kept(fleet)}
    assert about[str(user_directory("results"))] == 3
    kept.clear(fleet)
    assert made(fleet) == 3


def test_entries_hold_no_content(fleet):
    write(fleet, "shared/page.txt", "password: canary-5up3r\n")
    generate(open_workspace(fleet))
    git(fleet, "add", ".")
    assert made(fleet) == 0
    entries = [file.read_bytes() for file in user_directory("results").iterdir()]
    assert not [data for data in entries if b"canary-5up3r" in data]


def test_eight_runs_at_once_agree(fleet):
    shutil.rmtree(user_directory("results"))
    command = [sys.executable, "-m", "kure_hooks", "check", "--root", str(fleet)]
    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda _: run(command, check=False).returncode, range(8)))
    assert set(codes) == {0}
    assert made(fleet) == 0


PATHS = (
    *(f"manifests/{name}/{file}.yaml" for name in CLUSTERS[:2] for file in "ab"),
    *(GENERATED, "clusters/two/web/kustomization.yaml", "clusters/new/x.yaml"),
    *("shared/page.txt", "apps/one.yaml", "stacks/two.yaml", "manifests/.gitattributes"),
)
DEEDS = st.sampled_from(
    ["edit", "remove", "touch", "link", "copy", "add", "commit", "stash", "restore", "generate"]
)


def change(root, deed, path, number):
    """Do one of the things that people do in a repository."""
    file = root / path
    commands = {
        "add": ("add", "-A"),
        "commit": ("commit", "-qam", "x", "--allow-empty"),
        "stash": ("stash", "-u", "-q"),
        "restore": ("checkout", "-q", "--", "."),
    }
    if deed in commands:
        git(root, *commands[deed])
    elif deed == "generate":
        try:
            generate(open_workspace(root), allow_prune=True)
        except KureHooksError:
            return
    elif deed == "edit" and path.startswith("manifests") and path.endswith("yaml"):
        write(root, path, MAP.format(name=file.stem, number=number))
    elif deed == "edit" and not file.is_symlink():
        write(root, path, f"{file.read_text() if file.exists() else ''}# {number}\n")
    elif deed == "copy":
        write(root, path, (root / "shared/page.yaml").read_text() if number % 2 else "a: b\n")
    elif os.path.lexists(file) and deed == "touch":
        os.utime(file, (number, number), follow_symlinks=False)
    elif os.path.lexists(file):
        file.unlink()
        if deed == "link":
            file.symlink_to("elsewhere")


@settings(
    max_examples=int(os.environ.get("KURE_HOOKS_SAMPLES", "8")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(st.tuples(DEEDS, st.sampled_from(PATHS), st.integers(1, 4)), min_size=3, max_size=8)
)
def test_every_answer_is_that_of_a_run_without_a_cache(tmp_path_factory, deeds):
    root = fleet_of(tmp_path_factory.mktemp("random") / "fleet")
    for deed, path, number in deeds:
        change(root, deed, path, number)
        agrees(root)
