"""Stamps: the same answer as a run gives, and never a wrong "in sync"."""

import os
import re
import shutil
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kure_hooks.stamps.place import Basis, read
from kure_hooks.stamps.state import listed
from tests.support.git import git

ROOT = Path(__file__).parents[2]
FIXTURE = ROOT / "tests/fixtures/small"
GENERATED = "clusters/prod/apps/apps-deployment-frontend.yaml"
APPLICATION = "apps/frontend.yaml"

# The real command, which says at its end whether it had to load the command line.
SAYING = """
import atexit, sys
from kure_hooks import __main__

atexit.register(lambda: print("loaded", "click" in sys.modules, file=sys.stderr))
__main__.main()
"""


class Repository:
    """A real repository whose commands run as whole processes."""

    def __init__(self, path):
        self.path = path
        self.variables = {}

    def run(self, *arguments, cwd=None, stdin=None):
        """Return the exit code, what was printed, and whether a stamp gave the answer."""
        done = subprocess.run(
            [sys.executable, "-c", SAYING, *arguments],
            cwd=cwd or self.path,
            env=os.environ | {"PYTHONPATH": str(ROOT)} | self.variables,
            stdin=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        *said, loaded = done.stderr.splitlines()
        return done.returncode, done.stdout + "\n".join(said), loaded == "loaded False"

    def code(self, *arguments):
        """Return the exit code of a run that no stamp answered."""
        code, _, stamped = self.run(*(arguments or ("check",)))
        assert not stamped
        return code

    def settle(self, *arguments):
        """Run until a stamp answers, which takes three runs at most."""
        for _ in range(3):
            code, printed, stamped = self.run(*(arguments or ("check",)))
            assert code == 0, printed
        assert stamped

    def edit(self, path, old, new):
        """Replace a text in a file of the work tree."""
        file = self.path / path
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new))

    @property
    def stamps(self):
        """The files of the stamps."""
        return sorted(self.path.glob(".git/kure-hooks/stamps/*"))


@pytest.fixture
def repository(tmp_path):
    """A small repository in sync, committed, with a stamp for `check`."""
    made = Repository(tmp_path / "repository")
    shutil.copytree(FIXTURE, made.path)
    git(made.path, "init", "-q")
    assert made.run("generate")[0] == 1
    git(made.path, "add", ".")
    git(made.path, "commit", "-qm", "fleet")
    made.settle()
    return made


def test_the_third_run_is_answered_with_the_same_words(repository):
    (repository.path / "README.md").write_text("not looked at\n")
    assert repository.run("check") == (0, "", True)
    verbose = [repository.run("check", "-v") for _ in range(3)]
    assert [stamped for _, _, stamped in verbose] == [False, False, True]
    assert {text for _, text, _ in verbose} == {"9 files of 1 cluster: in sync.\n"}
    reports = [repository.run("check", "--format", "json") for _ in range(3)]
    assert reports[2] == (*reports[0][:2], True)


def test_a_subdirectory_has_a_stamp_of_its_own(repository):
    assert not repository.run("check", cwd=repository.path / "apps")[2]


@pytest.mark.parametrize("form", [("--root", "repository"), ("--root=repository/",)])
def test_the_repository_may_be_named(repository, form):
    above = repository.path.parent
    runs = [repository.run("check", *form, cwd=above) for _ in range(3)]
    assert runs == [(0, "", False), (0, "", False), (0, "", True)]


def test_the_last_of_two_roots_counts(repository, tmp_path):
    (tmp_path / "link").symlink_to(repository.path)
    command = ("check", "--root", str(tmp_path), "--root", str(tmp_path / "link"))
    repository.settle(*command)
    shutil.copytree(repository.path, tmp_path / "other")
    (tmp_path / "other" / APPLICATION).write_text("{}")
    (tmp_path / "link").unlink()
    (tmp_path / "link").symlink_to(tmp_path / "other")
    assert repository.code(*command) == 2


def test_an_edited_input_is_seen_and_so_is_its_undoing(repository):
    text = (repository.path / APPLICATION).read_text()
    repository.edit(APPLICATION, "replicas: 3", "replicas: 4")
    assert repository.code() == 1
    (repository.path / APPLICATION).write_text(text)
    assert repository.run("check") == (0, "", True)


def test_a_generated_file_edited_within_its_size_and_time_is_seen(repository):
    file = repository.path / GENERATED
    status = file.stat()
    repository.edit(GENERATED, "replicas: 3", "replicas: 4")
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert repository.code() == 1


def test_a_file_edited_right_after_it_was_added_is_seen(repository):
    for number in range(4):
        git(repository.path, "add", ".")
        assert repository.run("check")[:2] == (0, "")
        repository.edit(GENERATED, "replicas: 3", f"replicas: {4 + number}")
        assert repository.code() == 1
        repository.edit(GENERATED, f"replicas: {4 + number}", "replicas: 3")


@pytest.mark.parametrize("seconds", [-10_000_000, 10_000_000])
def test_a_clock_that_jumped_hides_no_edit(repository, seconds):
    repository.edit(GENERATED, "replicas: 3", "replicas: 4")
    file = repository.path / GENERATED
    os.utime(file, (file.stat().st_mtime + seconds,) * 2)
    assert repository.code() == 1


@pytest.mark.parametrize("change", ["new", "removed", "renamed", "link", "directory"])
def test_files_that_come_go_and_turn_into_something_else_are_seen(repository, change):
    file = repository.path / GENERATED
    if change == "new":
        shutil.copy(repository.path / "stacks/prod.yaml", repository.path / "stacks/other.yaml")
    elif change == "renamed":
        file.rename(file.with_name("other.yaml"))
    else:
        file.unlink()
    if change == "link":
        file.symlink_to("kustomization.yaml")
    if change == "directory":
        file.mkdir()
    assert repository.code() in (1, 2)


def test_an_ignored_file_with_the_header_among_generated_ones_is_seen(repository):
    (repository.path / ".gitignore").write_text("*.old.yaml\n")
    repository.settle()
    shutil.copy(repository.path / GENERATED, repository.path / "clusters/prod/apps/x.old.yaml")
    assert repository.code() == 1


@pytest.mark.parametrize("place", [".gitignore", ".git/info/exclude", "ignored by settings"])
def test_ignore_rules_count(repository, tmp_path, place):
    file = repository.path / place
    if place.endswith("settings"):
        file = tmp_path / "ignored"
        git(repository.path, "config", "core.excludesFile", str(file))
    file.parent.mkdir(exist_ok=True)
    file.write_text("foreign.yaml\n")
    (repository.path / "clusters/prod/apps/foreign.yaml").write_text("a: b\n")
    repository.settle()
    file.write_text("nothing\n")
    assert repository.code() == 1


def test_what_flux_leaves_out_of_its_artifact_counts(repository):
    file = repository.path / ".sourceignore"
    for before in (None, "/docs/\n"):
        if before:
            file.write_text(before)
        repository.settle()
        file.write_text("*.yaml\n")
        assert repository.code() == 2
        file.unlink()


def test_the_settings_count_wherever_they_are(repository, tmp_path):
    (repository.path / ".kure-hooks.yaml").write_text("version: 1\noutput: elsewhere\n")
    assert repository.code() == 1
    (repository.path / ".kure-hooks.yaml").unlink()
    other = tmp_path / "other.yaml"
    other.write_text("version: 1\n")
    repository.settle("check", "--config", str(other))
    other.write_text("version: 1\noutput: elsewhere\n")
    assert repository.code("check", "--config", str(other)) == 1


@pytest.mark.parametrize("flag", ["--assume-unchanged", "--skip-worktree"])
def test_files_that_git_was_told_not_to_look_at_leave_no_stamp(repository, flag):
    git(repository.path, "update-index", flag, GENERATED)
    for _ in range(4):
        assert repository.code() == 0
    repository.edit(GENERATED, "replicas: 3", "replicas: 4")
    assert repository.code() == 0  # as without stamps: it is the index that counts
    git(repository.path, "update-index", flag.replace("--", "--no-"), GENERATED)
    assert repository.code() == 1


@pytest.mark.parametrize("place", [".gitattributes", "apps/.gitattributes", ".git/info/attributes"])
def test_a_filter_that_is_set_up_is_seen(repository, place):
    file = repository.path / place
    file.parent.mkdir(exist_ok=True)
    file.write_text("*.yaml filter=lfs\n")
    assert repository.code() == 2


def test_a_filter_of_the_users_attributes_is_seen(repository, tmp_path):
    file = tmp_path / "attributes"
    git(repository.path, "config", "core.attributesFile", str(file))
    repository.settle()
    file.write_text("*.yaml filter=lfs\n")
    assert repository.code() == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("core.checkStat", "minimal"), ("core.trustctime", "false"), ("core.ignoreStat", "true")),
        *(("core.trustctime", ""), ("core.trustctime", "00"), ("core.ignoreStat", "2")),
    ],
)
def test_settings_that_blind_git_leave_no_stamp(repository, name, value):
    git(repository.path, "config", name, value)
    for _ in range(4):
        assert repository.code() == 0


def test_a_work_tree_that_git_looks_for_elsewhere_leaves_no_stamp(repository, tmp_path):
    shutil.copytree(repository.path, tmp_path / "copy")
    git(repository.path, "config", "core.worktree", str(tmp_path / "copy"))
    for _ in range(3):
        assert repository.code() == 0
    repository.edit(APPLICATION, "replicas: 3", "replicas: 4")
    assert repository.code() == 1
    repository.edit(APPLICATION, "replicas: 4", "replicas: 3")
    git(repository.path, "config", "core.worktree", str(repository.path))
    repository.settle()


def test_a_new_file_is_seen_where_git_ignores_case(repository):
    git(repository.path, "config", "core.ignoreCase", "true")
    repository.settle()
    generated = repository.path / GENERATED
    shutil.copy(generated, generated.with_name(generated.name.upper()))
    assert repository.code() == 1


def test_settings_of_git_that_come_to_be_are_seen(repository, tmp_path):
    git(repository.path, "config", "include.path", "../../included")
    repository.settle()
    (tmp_path / "attributes").write_text("*.yaml filter=lfs\n")
    (tmp_path / "included").write_text(f"[core]\nattributesFile = {tmp_path}/attributes\n")
    assert repository.code() == 2


def test_settings_of_one_branch_leave_no_stamp(repository, tmp_path):
    (tmp_path / "attributes").write_text("*.yaml filter=lfs\n")
    (tmp_path / "included").write_text(f"[core]\nattributesFile = {tmp_path}/attributes\n")
    git(repository.path, "config", "includeIf.onbranch:other.path", str(tmp_path / "included"))
    for _ in range(4):
        assert repository.code() == 0
    git(repository.path, "checkout", "-q", "-b", "other")
    assert repository.code() == 2


def test_attributes_above_a_root_are_seen(repository):
    for part in ("apps", "clusters", "stacks"):
        shutil.copytree(repository.path / part, repository.path / "one" / part)
    git(repository.path, "add", ".")
    command = ("check", "--root", "one")
    repository.settle(*command)
    (repository.path / ".gitattributes").write_text("*.yaml filter=lfs\n")
    assert repository.code(*command) == 2


def test_names_that_git_would_take_for_patterns_are_names(repository):
    (repository.path / ":!apps").mkdir()
    (repository.path / ":!apps/x").touch()
    program, paths = shutil.which("git"), (":!apps", "apps")
    basis = Basis(program, str(repository.path), "worktree", exact=False, paths=paths, files=())
    listing = listed(basis)
    assert APPLICATION.encode() in listing
    assert b":!apps/x" in listing


@pytest.mark.parametrize("through", ["file", "directory", "standard input"])
def test_links_to_settings_may_lead_elsewhere(repository, tmp_path, through):
    names = ("one", "two")
    for name, output in zip(names, ("clusters", "elsewhere"), strict=True):
        (tmp_path / name).mkdir()
        (tmp_path / name / "settings.yaml").write_text(f"version: 1\noutput: {output}\n")
    link = tmp_path / "link"
    config = link if through == "file" else link / "settings.yaml"
    for name, expected in zip((*names[:1] * 4, names[1]), (0, 0, 0, 0, 1), strict=True):
        link.unlink(missing_ok=True)
        link.symlink_to(tmp_path / name / "settings.yaml" if through == "file" else name)
        if through == "standard input":
            with (tmp_path / name / "settings.yaml").open() as file:
                done = repository.run("check", "--config", "/dev/stdin", stdin=file)
        else:
            done = repository.run("check", "--config", str(config))
        assert (done[0], done[2]) == (expected, False)


def test_a_link_to_a_root_may_lead_elsewhere(repository, tmp_path):
    for name in ("one", "two"):
        for part in ("apps", "clusters", "stacks"):
            shutil.copytree(repository.path / part, repository.path / name / part)
    git(repository.path, "add", ".")
    (tmp_path / "link").symlink_to(repository.path / "one")
    repository.settle("check", "--root", str(tmp_path / "link"))
    repository.edit("two/" + APPLICATION, "replicas: 3", "replicas: 4")
    (tmp_path / "link").unlink()
    (tmp_path / "link").symlink_to(repository.path / "two")
    assert repository.code("check", "--root", str(tmp_path / "link")) == 1


def test_the_index_of_a_hook_is_that_of_its_own_repository(repository, tmp_path):
    other = Repository(tmp_path / "other")
    shutil.copytree(repository.path, other.path)
    other.variables = {"GIT_INDEX_FILE": str(other.path / ".git/index")}
    command = ("check", "--source", "index", "--root", str(repository.path))
    for _ in range(3):
        assert other.code(*command) == 0
    repository.edit(APPLICATION, "replicas: 3", "replicas: 4")
    git(repository.path, "add", ".")
    assert other.code(*command) == 1
    other.settle("check", "--source", "index", "--root", ".")


def test_a_replaced_object_changes_no_answer(repository, tmp_path):
    command = ("check", "--source", "index")
    repository.settle(*command)
    text = (repository.path / APPLICATION).read_text()
    (tmp_path / "other").write_text(text.replace("replicas: 3", "replicas: 4"))
    new = git(repository.path, "hash-object", "-w", str(tmp_path / "other")).strip()
    git(repository.path, "replace", f"HEAD:{APPLICATION}", new)
    plain = repository.run("check", "--no-cache", "--source", "index")
    assert repository.run(*command) == (*plain[:2], True)


def test_a_stack_that_begins_to_read_a_named_file_is_seen(repository):
    other = repository.path / "teams/page.yaml"
    other.parent.mkdir()
    shutil.copy(repository.path / APPLICATION, repository.path / "teams/page.txt")
    other.write_text(
        "apiVersion: generators.gokure.dev/v1alpha1\nkind: Manifests\n"
        "metadata: {name: page, namespace: apps}\n"
        "spec: {configMaps: [{name: page, files: [page.txt]}]}\n"
    )
    stack = (repository.path / "stacks/prod.yaml").read_text()
    (repository.path / "stacks/dev.yaml").write_text(
        stack.replace("{name: prod}", "{name: dev}").replace("../apps/frontend", "../teams/page")
    )
    assert repository.run("generate")[0] == 1
    git(repository.path, "add", ".")
    for _ in range(3):
        assert repository.code("check", APPLICATION) == 0
    repository.edit("teams/page.yaml", "page.txt", "../apps/frontend.yaml")
    assert repository.code("check", APPLICATION) == 1


@pytest.mark.parametrize("named", [b"\0x", b"", b"a" * 5000, b"nowhere", b"\xff"])
@pytest.mark.parametrize("key", [b"gitdir: ", b""])
def test_a_hostile_file_in_the_place_of_git_ends_in_no_traceback(tmp_path, named, key):
    plain = Repository(tmp_path / "plain")
    shutil.copytree(FIXTURE, plain.path)
    (plain.path / ".git").write_bytes(key + named + b"\n")
    code, printed, _ = plain.run("check")
    assert code in (2, 3)
    assert printed.startswith("error: ")
    assert (code, printed) == plain.run("check", "--no-cache")[:2]


def test_a_working_directory_that_is_gone_is_told(tmp_path):
    script = f"rmdir ../gone; exec {sys.executable} -m kure_hooks check"
    (tmp_path / "gone").mkdir()
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path / "gone", capture_output=True, text=True, check=False
    )
    told = "error: The working directory was removed. Change to one that is there.\n"
    assert (done.returncode, done.stderr) == (2, told)


@pytest.mark.parametrize(
    ("before", "after", "refreshes"),
    [
        (b"one\ntwo\n", b"one\r\ntwo\r\n", False),
        (b"one\ntwo\n", b"one\r\ntwo\r\n", True),
        (b"one\r\ntwo\n", b"one\ntwo\r\n", False),  # of the same size: git has to read it
        (b"one\r\ntwo\n", b"one\ntwo\r\n", True),
    ],
)
def test_ends_of_lines_that_git_converts_are_seen(repository, before, after, refreshes):
    """A file that is mounted as it is differs, although git takes both forms for one."""
    (repository.path / ".gitattributes").write_text("* text=auto\nclusters/** -text\n")
    application = repository.path / APPLICATION
    (repository.path / "page.txt").write_bytes(before)
    with application.open("a") as file:
        file.write(
            "---\napiVersion: generators.gokure.dev/v1alpha1\nkind: Manifests\n"
            "metadata: {name: page, namespace: apps}\n"
            "spec: {configMaps: [{name: page, files: [../page.txt]}]}\n"
        )
    repository.run("generate")
    git(repository.path, "add", ".")
    git(repository.path, "commit", "-qm", "page")
    repository.settle()
    (repository.path / "page.txt").write_bytes(after)
    if refreshes:
        git(repository.path, "status")
    assert repository.code() == 1


def test_attributes_of_generated_files_need_no_times(repository):
    (repository.path / ".gitattributes").write_text("clusters/** text eol=lf linguist-generated\n")
    repository.settle()
    os.utime(repository.path / GENERATED, (1, 1))
    git(repository.path, "update-index", "--refresh")
    assert repository.run("check") == (0, "", True)


# A monitor that says that nothing has changed, ever.
BLIND = '#!/bin/sh\nprintf "token\\0"\n'


@pytest.mark.parametrize("kind", ["fsmonitor", "untracked cache", "split index"])
def test_what_git_knows_by_other_means_hides_nothing(repository, kind):
    monitor = repository.path / ".git/monitor"
    monitor.write_text(BLIND)
    monitor.chmod(0o755)
    settings = {
        "fsmonitor": (("core.fsmonitor", str(monitor)), ("core.fsmonitorHookVersion", "2")),
        "untracked cache": (("core.untrackedCache", "true"),),
        "split index": (("core.splitIndex", "true"),),
    }
    for name, value in settings[kind]:
        git(repository.path, "config", name, value)
    git(repository.path, "update-index", f"--{kind.replace(' ', '-')}")
    for _ in range(2):
        git(repository.path, "status")
    repository.settle()
    repository.settle("check", "--source", "index")
    generated = repository.path / GENERATED
    shutil.copy(generated, generated.with_name("other.yaml"))
    assert repository.code() == 1
    generated.with_name("other.yaml").unlink()
    assert repository.run("check") == (0, "", True)
    repository.edit(GENERATED, "replicas: 3", "replicas: 4")
    if kind == "fsmonitor":
        assert git(repository.path, "status", "--short") == ""  # git itself is blind
    assert repository.code() == 1
    assert repository.run("check", "--source", "index") == (0, "", True)
    git(repository.path, "-c", "core.fsmonitor=false", "add", ".")
    assert repository.code("check", "--source", "index") == 1


def test_a_clone_that_shares_objects_has_stamps_of_its_index(repository, tmp_path):
    git(tmp_path, "clone", "-q", "--shared", str(repository.path), str(tmp_path / "clone"))
    clone = Repository(tmp_path / "clone")
    clone.settle("check", "--source", "index")
    clone.edit(APPLICATION, "replicas: 3", "replicas: 4")
    assert clone.run("check", "--source", "index") == (0, "", True)
    git(clone.path, "add", ".")
    assert clone.code("check", "--source", "index") == 1


# An edit between the moment that everything was read and the one that a stamp is left.
MEANWHILE = """
from pathlib import Path
from kure_hooks.operations import stamping

def keep(*arguments, real=stamping.keep):
    file = Path(APPLICATION)
    file.write_text(file.read_text().replace("replicas: 3", "replicas: 4"))
    real(*arguments)

stamping.keep = keep
"""


@pytest.mark.parametrize("earlier", [0, 1, 2])
def test_an_edit_during_a_run_is_seen_by_the_next_one(repository, monkeypatch, earlier):
    for file in repository.stamps:
        file.unlink()
    for _ in range(earlier):
        repository.code()
    if earlier > 1:  # with a stamp that does not hold any longer
        (repository.path / ".gitignore").write_text("nothing\n")
    said = MEANWHILE.replace("APPLICATION", repr(APPLICATION))
    with monkeypatch.context() as patch:
        patch.setitem(globals(), "SAYING", said + SAYING)
        assert repository.run("check")[0] == 0
    assert "replicas: 4" in (repository.path / APPLICATION).read_text()
    for _ in range(2):
        assert repository.code() == 1


def test_another_repository_in_the_way_is_seen(repository):
    git(repository.path / "clusters/prod", "init", "-q")
    assert repository.code() == 2


def test_a_submodule_leaves_no_stamp(repository, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q")
    git(other, "commit", "-q", "--allow-empty", "-m", "x")
    allowed = ("-c", "protocol.file.allow=always")
    git(repository.path, *allowed, "submodule", "--quiet", "add", str(other), "apps/other")
    for _ in range(4):
        assert repository.code() == 0


def test_a_linked_work_tree_has_stamps_of_its_own(repository, tmp_path):
    git(repository.path, "worktree", "add", "-q", str(tmp_path / "linked"))
    linked = Repository(tmp_path / "linked")
    assert not linked.run("check")[2]
    linked.edit(APPLICATION, "replicas: 3", "replicas: 4")
    assert linked.code() == 1
    assert repository.run("check") == (0, "", True)


def test_the_index_as_source_counts_alone(repository):
    repository.settle("check", "--source", "index")
    repository.edit(APPLICATION, "replicas: 3", "replicas: 4")
    assert repository.run("check", "--source", "index") == (0, "", True)
    git(repository.path, "add", ".")
    assert repository.code("check", "--source", "index") == 1


def test_generating_from_the_index_looks_at_the_work_tree_too(repository):
    repository.settle("generate", "--source", "index")
    (repository.path / GENERATED).unlink()
    assert repository.code("generate", "--source", "index") == 1
    assert (repository.path / GENERATED).exists()
    assert repository.run("generate", "--source", "index") == (0, "", True)


def test_an_intention_to_add_is_no_staged_file(repository):
    (repository.path / "apps/empty.txt").touch()
    git(repository.path, "add", ".")
    repository.settle("check", "--source", "index")
    git(repository.path, "rm", "-q", "--cached", "apps/empty.txt")
    git(repository.path, "add", "--intent-to-add", "apps/empty.txt")
    assert repository.code("check", "--source", "index") == 0


def test_a_pushed_revision_leaves_no_stamp(repository):
    repository.variables = {"PRE_COMMIT_TO_REF": git(repository.path, "rev-parse", "HEAD").strip()}
    for _ in range(4):
        assert repository.code("check", "--source", "hook") == 0


@pytest.mark.parametrize("value", ["", "0"])
def test_who_wants_no_cache_has_no_stamps(repository, value):
    assert repository.code("check", "--no-cache") == 0
    repository.variables = {"KURE_HOOKS_CACHE": value}
    for file in repository.stamps:
        file.unlink()
    for _ in range(4):
        assert repository.code() == 0
    assert repository.stamps == []


def test_what_is_installed_counts(repository, tmp_path):
    packages = tmp_path / "packages"
    packages.mkdir()
    repository.variables = {"PYTHONPATH": f"{ROOT}{os.pathsep}{packages}"}
    repository.settle()
    (packages / "plugin-1.0.dist-info").mkdir()
    assert repository.code() == 0


@pytest.mark.parametrize("damage", [b"", b"x", b"\0\xff" * 100, None])
def test_a_damaged_stamp_is_as_if_there_were_none(repository, damage):
    for file in repository.stamps:
        data = file.read_bytes()
        file.write_bytes(data[: len(data) // 2] if damage is None else damage)
    assert repository.code() == 0
    repository.settle()


def test_a_stamp_that_others_may_write_is_none(repository):
    for file in repository.stamps:
        file.chmod(file.stat().st_mode | stat.S_IWOTH)
    assert repository.code() == 0


def test_a_stamp_of_another_user_is_none(repository, monkeypatch):
    directory, name = str(repository.path / ".git"), repository.stamps[0].name
    assert read(directory, name) is not None
    owner = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    assert read(directory, name) is None


def test_a_stamp_that_is_a_link_is_none(repository, tmp_path):
    for file in repository.stamps:
        file.rename(tmp_path / file.name)
        file.symlink_to(tmp_path / file.name)
    assert repository.code() == 0


def test_eight_writers_leave_a_stamp_that_holds(repository):
    for file in repository.stamps:
        file.unlink()
    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda _: repository.run("check")[0], range(16)))
    assert set(codes) == {0}
    repository.settle()
    assert not [file for file in repository.stamps if file.name.startswith(".")]


def test_old_stamps_go_when_there_are_many(repository):
    directory = repository.stamps[0].parent
    for number in range(100):
        (directory / f"{number:064x}").write_bytes(b"x")
        os.utime(directory / f"{number:064x}", (1, 1))
    repository.settle("check", "-v")
    assert len(repository.stamps) == 64


def test_stamps_hold_digests_and_names_alone(repository):
    repository.edit(APPLICATION, "replicas: 3", "replicas: 3 # canary-5up3r")
    repository.settle()
    for file in repository.stamps:
        assert b"canary-5up3r" not in file.read_bytes()
        assert file.stat().st_mode & 0o777 == 0o600


def test_without_git_there_are_no_stamps(tmp_path):
    plain = Repository(tmp_path / "plain")
    shutil.copytree(FIXTURE, plain.path)
    assert plain.run("generate")[0] == 1
    for _ in range(4):
        assert plain.code() == 0


EDITS = st.sampled_from(
    [
        "edit application",
        "edit generated",
        "edit stack",
        "foreign file",
        "remove generated",
        "ignore",
        "settings",
        "add",
        "commit",
        "stash",
        "checkout",
        "generate",
        "touch",
        "status",
        "chmod",
    ]
)


def change(repository, edit, number):
    """Do one of the things that people do in a repository."""
    path = repository.path
    generated = path / GENERATED
    texts = {
        "edit application": (APPLICATION, f"replicas: {number}"),
        "edit stack": ("stacks/prod.yaml", f"interval: {number}m"),
    }
    files = {
        "foreign file": (f"clusters/prod/apps/foreign-{number}.yaml", "a: b\n"),
        "ignore": (".gitignore", f"foreign-{number}.yaml\n"),
        "settings": (".kure-hooks.yaml", f"version: 1\n# {number}\n"),
    }
    commands = {
        "add": ("add", "-A"),
        "commit": ("commit", "-qam", "x", "--allow-empty"),
        "stash": ("stash", "-u", "-q"),
        "checkout": ("checkout", "-q", "--", "."),
        "status": ("status", "--short"),
    }
    deeds = {
        "edit generated": lambda: generated.write_text(f"{generated.read_text()}# {number}\n"),
        "remove generated": generated.unlink,
        "touch": lambda: os.utime(generated, (number, number)),
        "chmod": lambda: generated.chmod(0o755 if number % 2 else 0o644),
    }
    if edit in texts:
        name, new = texts[edit]
        key = new.partition(" ")[0]
        (path / name).write_text(re.sub(rf"{key} \w+", new, (FIXTURE / name).read_text()))
    elif edit in files:
        name, content = files[edit]
        (path / name).write_text(content)
    elif edit in commands:
        git(path, *commands[edit])
    elif edit == "generate":
        repository.run("generate", "--allow-prune")
    elif generated.is_file():
        deeds[edit]()


@settings(
    max_examples=int(os.environ.get("KURE_HOOKS_SAMPLES", "6")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.tuples(EDITS, st.integers(1, 4)), min_size=3, max_size=8))
def test_every_answer_is_that_of_a_run_without_stamps(tmp_path_factory, edits):
    made = Repository(tmp_path_factory.mktemp("random") / "repository")
    shutil.copytree(FIXTURE, made.path)
    git(made.path, "init", "-q")
    made.run("generate")
    git(made.path, "add", ".")
    git(made.path, "commit", "-qm", "fleet")
    for source in ("worktree", "index"):
        made.settle("check", "--source", source)
    for edit, number in edits:
        change(made, edit, number)
        for source in ("worktree", "index"):
            plain = made.run("check", "--no-cache", "--source", source)
            for _ in range(2):
                assert made.run("check", "--source", source)[:2] == plain[:2]


def test_a_git_that_fails_at_the_question_spoils_no_run(repository, tmp_path):
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "git").write_text(
        f'#!/bin/sh\ncase " $* " in *" --literal-pathspecs "*) exit 1 ;; esac\n'
        f'exec {shutil.which("git")} "$@"\n'
    )
    (programs / "git").chmod(0o755)
    repository.variables = {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    for _ in range(3):
        assert repository.run("check") == (0, "", False)
