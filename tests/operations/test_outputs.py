"""What git does to files: sparse checkouts, other repositories, filters, line ends."""

import pytest

from kure_hooks.drift.result import Kind
from kure_hooks.errors import InputError, KureHooksError
from kure_hooks.operations.check import check
from kure_hooks.operations.generate import generate
from kure_hooks.operations.workspace import open_workspace
from kure_hooks.reports import Style, render
from tests.support.git import commit_all, git, isolate, make_repository, write

ALLOWED = ("-c", "protocol.file.allow=always")
SOURCES = ("worktree", "index", "HEAD")
OUTSIDE = "outside of the sparse checkout, so generate leaves it"


@pytest.fixture(autouse=True)
def _alone(monkeypatch, tmp_path_factory):
    isolate(monkeypatch, tmp_path_factory.mktemp("home"))


def stack(name, files="../manifests/a.yaml"):
    return f"""\
apiVersion: stack.gokure.dev/v1alpha1
kind: Cluster
metadata: {{name: {name}}}
spec:
  node:
    name: {name}
    bundle:
      name: apps
      applications:
      - {{name: app, namespace: web, kind: Manifests, spec: {{files: [{files}]}}}}
  gitops: {{externalNamespaces: [web]}}
"""


def config_map(name, value="1"):
    return (
        f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\ndata: {{key: '{value}'}}\n"
    )


def output(cluster, name="a"):
    return f"clusters/{cluster}/apps/web-configmap-{name}.yaml"


@pytest.fixture
def repo(tmp_path):
    """Two clusters that share a manifest, in sync and committed."""
    top = make_repository(tmp_path / "repo")
    write(top, {f"stacks/{name}.yaml": stack(name) for name in ("one", "two")})
    write(top, {"manifests/a.yaml": config_map("a")})
    generate(open_workspace(top))
    commit_all(top, "first")
    return top


def drift(outcome):
    return [(change.kind, change.path, change.note) for change in outcome.drift]


def warnings(outcome):
    return [str(finding) for finding in outcome.findings]


def on_disk(top):
    return {path.name for path in (top / "clusters").rglob("*") if path.is_file()}


@pytest.mark.parametrize("options", [("--cone",), ("--cone", "--sparse-index"), ("--no-cone",)])
@pytest.mark.parametrize(
    ("kept", "hidden"),
    [
        (["stacks", "manifests"], 10),
        (["stacks", "manifests", "clusters/one"], 5),
        (["stacks", "clusters"], 1),
        (["manifests", "clusters"], 2),
        (["manifests"], 12),
    ],
    ids=str,
)
def test_a_sparse_checkout_in_sync_stays_so(repo, options, kept, hidden):
    """Whether stacks, inputs or output are outside; nothing is written."""
    git(repo, "sparse-checkout", "set", *options, *kept)
    before = sorted(path for path in repo.rglob("*") if ".git" not in path.parts)
    for outcome in (check(open_workspace(repo)), generate(open_workspace(repo))):
        assert (drift(outcome), outcome.exit_code) == ([], 0)
        (warning,) = warnings(outcome)
        files = "this file is" if hidden == 1 else f"{hidden} files are"
        assert f": {files} outside of the sparse checkout and w" in warning
        assert warning.endswith("run git sparse-checkout disable.")
    for run in (check, generate):
        outcome = run(open_workspace(repo, source="index"))
        assert (outcome.exit_code, outcome.findings, outcome.written) == (0, (), ())
    assert sorted(path for path in repo.rglob("*") if ".git" not in path.parts) == before


@pytest.mark.parametrize("source", ["worktree", "index"])
def test_drift_outside_of_the_sparse_checkout_is_told_and_left(repo, source):
    git(repo, "sparse-checkout", "set", "--cone", "stacks", "manifests", "clusters/one")
    write(repo, {"manifests/a.yaml": config_map("a", "2")})
    git(repo, "add", "--all")
    expected = (Kind.CHANGED, output("two"), OUTSIDE)
    found = drift(check(open_workspace(repo, source=source)))
    assert found == [(Kind.CHANGED, output("one"), ""), expected]
    outcome = generate(open_workspace(repo, source=source))
    assert outcome.written == (output("one"),)
    assert (expected in drift(outcome), outcome.exit_code) == (True, 1)
    assert outcome.fix == "git add -A -- clusters"
    assert not (repo / "clusters/two").exists()
    git(repo, "add", "--all")
    for run in (check, generate):
        outcome = run(open_workspace(repo, source=source))
        assert (drift(outcome), outcome.exit_code) == ([expected], 1)
        assert outcome.fix.startswith("git sparse-checkout add clusters; kure-hooks generate")
    git(repo, "sparse-checkout", "add", "clusters")
    assert generate(open_workspace(repo, source=source)).written == (output("two"),)
    git(repo, "add", "--all")
    assert (repo / "clusters/two").exists()
    assert drift(check(open_workspace(repo, source=source))) == []


def test_drift_in_marked_files_alone_says_how_to_mend_it(repo):
    write(repo, {"manifests/a.yaml": config_map("a", "2")})
    for name, mark in (("one", "--skip-worktree"), ("two", "--assume-unchanged")):
        git(repo, "update-index", mark, output(name))
    fix = check(open_workspace(repo)).fix
    assert fix.startswith(
        f"git update-index --no-skip-worktree -- {output('one')}; "
        f"git update-index --no-assume-unchanged -- {output('two')}; kure-hooks generate"
    )


def test_new_files_are_not_written_outside_of_the_sparse_checkout(repo):
    git(repo, "sparse-checkout", "set", "--cone", "stacks", "manifests", "clusters/one")
    write(repo, {"manifests/b.yaml": config_map("b")})
    for name in ("one", "two", "new"):
        write(repo, {f"stacks/{name}.yaml": stack(name, "../manifests")})
    outcome = generate(open_workspace(repo))
    assert all(path.startswith("clusters/one/") for path in outcome.written)
    assert not (repo / "clusters/two").exists()
    assert not (repo / "clusters/new").exists()
    missing = {path for kind, path, note in drift(outcome) if (kind, note) == ("missing", OUTSIDE)}
    assert {output("two", "b"), output("new"), output("new", "b")} <= missing


def test_removed_stacks_leave_what_is_outside_of_the_sparse_checkout(repo):
    git(repo, "sparse-checkout", "set", "--cone", "stacks", "manifests", "clusters/one")
    for name in ("one", "two"):
        (repo / f"stacks/{name}.yaml").unlink()
    write(repo, {"stacks/three.yaml": stack("three")})
    outcome = generate(open_workspace(repo), allow_prune=True)
    assert all(path.startswith("clusters/one/") for path in outcome.removed)
    assert (Kind.UNEXPECTED, output("two"), OUTSIDE) in drift(outcome)


@pytest.mark.parametrize("flag", ["skip-worktree", "assume-unchanged"])
@pytest.mark.parametrize("content", ["mine\n", None], ids=["edited", "removed"])
def test_files_that_git_does_not_look_at(repo, flag, content):
    git(repo, "update-index", f"--{flag}", output("one"), "manifests/a.yaml")
    for path in (output("one"), "manifests/a.yaml"):
        (repo / path).unlink()
        if content:
            write(repo, {path: content})
    for run in (check, generate):
        outcome = run(open_workspace(repo))
        assert (drift(outcome), outcome.exit_code) == ([], 0)
        unread = [each.subject for each in outcome.skipped]
        assert unread == ([output("one"), "manifests/a.yaml"] if content else [])
        (warning,) = warnings(outcome)
        assert warning == (
            f"{output('one')}: 2 files are marked as {flag} and were read from the index instead "
            "of the work tree. To have them read from the work tree, run git update-index "
            f"--no-{flag} FILE."
        )
    write(repo, {"stacks/one.yaml": stack("one").replace("namespace: web", "namespace: shop")})
    outcome = generate(open_workspace(repo))
    note = f"marked as {flag}, so generate leaves it"
    assert (Kind.UNEXPECTED, output("one"), note) in drift(outcome)
    assert (repo / output("one")).exists() == bool(content)


def test_an_edit_that_is_not_read_is_told_to_everybody(repo):
    git(repo, "update-index", "--assume-unchanged", "manifests/a.yaml")
    assert render("text", check(open_workspace(repo)), Style()) == ""
    write(repo, {"manifests/a.yaml": "mine\n"})
    told = render("text", check(open_workspace(repo)), Style())
    assert told == (
        "skipped: manifests/a.yaml: it is marked as assume-unchanged, so its content in the work "
        "tree was not read. To have it read from the work tree, run git update-index "
        "--no-assume-unchanged FILE.\n"
    )
    git(repo, "update-index", "--no-assume-unchanged", "manifests/a.yaml")
    git(repo, "checkout", "--", "manifests/a.yaml")
    git(repo, "config", "core.autocrlf", "true")
    data = (repo / "manifests/a.yaml").read_bytes()
    (repo / "manifests/a.yaml").write_bytes(data.replace(b"\n", b"\r\n"))
    git(repo, "update-index", "--assume-unchanged", "manifests/a.yaml")
    assert check(open_workspace(repo)).skipped == ()


def test_settings_that_git_does_not_look_at(repo):
    write(repo, {".kure-hooks.yaml": "version: 1\n"})
    commit_all(repo, "second")
    git(repo, "update-index", "--skip-worktree", ".kure-hooks.yaml")
    write(repo, {".kure-hooks.yaml": "output: elsewhere\n"})
    outcome = check(open_workspace(repo))
    assert drift(outcome) == []
    (warning,) = warnings(outcome)
    assert warning.startswith(".kure-hooks.yaml: this file is marked as skip-worktree and was read")
    write(repo, {"../own.yaml": "drift: {mode: semantic}\n"})
    assert check(open_workspace(repo, settings=repo.parent / "own.yaml")).findings == ()


@pytest.fixture
def other(tmp_path):
    other = make_repository(tmp_path / "other")
    write(other, {"a.yaml": config_map("a"), "below/b.yaml": config_map("b")})
    commit_all(other, "first")
    return other


def add_submodule(top, other, path):
    git(top, *ALLOWED, "submodule", "--quiet", "add", "--force", str(other), path)


def refusals(top):
    """Return what each source says."""
    said = []
    for source in SOURCES:
        with pytest.raises(KureHooksError) as caught:
            check(open_workspace(top, source=source))
        assert caught.value.exit_code == 2
        said.append(str(caught.value))
    return said


@pytest.mark.parametrize("checked_out", [True, False])
@pytest.mark.parametrize(
    ("reference", "fact"),
    [
        ("../lib/a.yaml", "lib/a.yaml is inside the submodule lib, so it belongs"),
        ("../lib/below", "lib/below is inside the submodule lib, so it belongs"),
        ("../lib/*.yaml", "lib is a submodule, so its files belong"),
        ("../lib", "lib is a submodule, so its files belong"),
        ("../around", "around/lib/ is a submodule, so its files belong"),
    ],
)
def test_inputs_in_a_submodule(repo, other, checked_out, reference, fact):
    path = "around/lib" if "around" in reference else "lib"
    add_submodule(repo, other, path)
    write(repo, {"around/c.yaml": config_map("c"), "stacks/one.yaml": stack("one", reference)})
    commit_all(repo, "second")
    if not checked_out:
        git(repo, "submodule", "--quiet", "deinit", "--force", path)
    first, *others = refusals(repo)
    place = "stacks/one.yaml:10:69: spec.node.bundle.applications[0].spec.files[0]"
    assert first == f"{place}: {fact} to another repository. Copy it into this one."
    assert others == [first, first]


@pytest.mark.parametrize("path", ["clusters", "clusters/one", "clusters/one/apps"])
@pytest.mark.parametrize("checked_out", [True, False])
def test_output_in_a_submodule(repo, other, path, checked_out):
    git(repo, "rm", "--quiet", "-r", path)
    add_submodule(repo, other, path)
    commit_all(repo, "second")
    if not checked_out:
        git(repo, "submodule", "--quiet", "deinit", "--force", path)
    first, *others = refusals(repo)
    assert f"is inside the submodule {path}, so it belongs to another repository. Set `" in first
    assert others == [first, first]
    with pytest.raises(InputError):
        generate(open_workspace(repo))
    with pytest.raises(InputError):
        generate(open_workspace(repo, source="index"))


def test_a_submodule_beside_generated_files_is_foreign(repo, other):
    add_submodule(repo, other, "clusters/one/lib")
    commit_all(repo, "second")
    for source in SOURCES:
        outcome = check(open_workspace(repo, source=source))
        assert drift(outcome) == [(Kind.FOREIGN, "clusters/one/lib/", "")]
    for pattern in ("clusters/*/lib", "clusters/*/lib/**"):
        write(repo, {".kure-hooks.yaml": f"drift: {{keep: ['{pattern}']}}\n"})
        assert check(open_workspace(repo)).exit_code == 0


def test_a_repository_that_git_does_not_know(repo, other):
    """The index and revisions don't have it; in the work tree it is refused and never written."""
    git(repo, "clone", "--quiet", str(other), "lib")
    write(repo, {"stacks/one.yaml": stack("one", "../lib/a.yaml")})
    with pytest.raises(InputError, match="is inside the nested git repository lib, so it belongs"):
        check(open_workspace(repo))
    write(repo, {"stacks/one.yaml": stack("one")})
    git(repo, "rm", "--quiet", "-r", "--cached", "clusters/one")
    make_repository(repo / "clusters/one/apps")
    with pytest.raises(InputError, match=f"the generated file {output('one')[:18]}.* is inside"):
        generate(open_workspace(repo))
    with pytest.raises(KureHooksError, match="is inside the nested git repository"):
        generate(open_workspace(repo, source="index"))


def test_stacks_in_a_submodule_are_not_this_repository_s(repo, other):
    write(other, {"x.yaml": stack("x")})
    commit_all(other, "stack")
    add_submodule(repo, other, "stacks/lib")
    write(repo, {".kure-hooks.yaml": "stacks: ['stacks/**']\n"})
    commit_all(repo, "second")
    for source in SOURCES:
        outcome = check(open_workspace(repo, source=source))
        assert {view.stack for view in outcome.clusters} == {"stacks/one.yaml", "stacks/two.yaml"}


DASHBOARD = """\
apiVersion: stack.gokure.dev/v1alpha1
kind: Cluster
metadata: {name: one}
spec:
  node:
    name: one
    bundle:
      name: apps
      applications:
      - name: app
        namespace: web
        kind: Manifests
        spec: {configMaps: [{name: dash, files: [../dash/d.json]}]}
"""
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"
CONVERTED = "so that git stores something else than the work tree holds. Use another file, or add"


@pytest.fixture
def dashboard(tmp_path):
    """One cluster with a file that is passed on, not committed yet."""
    top = make_repository(tmp_path / "repo")
    write(top, {"stacks/one.yaml": DASHBOARD, "dash/d.json": '{"title": "overview"}\n'})
    return top


@pytest.fixture
def lfs(dashboard, tmp_path):
    """The same with a filter that keeps contents elsewhere, as that of Git LFS does."""
    store = tmp_path / "store"
    write(dashboard, {"../clean": f"#!/bin/sh\ncat > {store}; printf '{POINTER}'\n"})
    write(dashboard, {"../smudge": f"#!/bin/sh\ncat > /dev/null; cat {store}\n"})
    for name in ("clean", "smudge"):
        (tmp_path / name).chmod(0o755)
        git(dashboard, "config", f"filter.lfs.{name}", str(tmp_path / name))
    git(dashboard, "config", "filter.lfs.required", "true")
    return dashboard


@pytest.mark.parametrize("smudged", [True, False])
def test_an_input_behind_a_filter(lfs, smudged):
    """Whether its content or its pointer lies in the work tree."""
    write(lfs, {".gitattributes": "dash/*.json filter=lfs -text\n"})
    commit_all(lfs, "first")
    if not smudged:
        write(lfs, {"dash/d.json": POINTER})
    assert git(lfs, "show", ":dash/d.json") == POINTER
    first, *others = refusals(lfs)
    assert f"dash/d.json has the git attribute filter=lfs, {CONVERTED}" in first
    assert first.startswith("stacks/one.yaml:")
    assert others == [first, first]
    for source in SOURCES[:2]:
        with pytest.raises(InputError):
            generate(open_workspace(lfs, source=source))
    assert not (lfs / "clusters").exists()


def test_a_pointer_without_its_attribute(lfs):
    write(lfs, {"dash/d.json": POINTER})
    commit_all(lfs, "first")
    first, *others = refusals(lfs)
    assert "dash/d.json is a pointer of Git LFS, not the file itself" in first
    assert others == [first, first]


def test_what_is_exempt_as_the_message_says_is_read(lfs):
    write(lfs, {".gitattributes": "*.json filter=lfs -text\n"})
    commit_all(lfs, "first")
    line = refusals(lfs)[0].split('dd the line "')[1].split('"')[0]
    write(lfs, {".gitattributes": f"*.json filter=lfs -text\n{line}\n"})
    git(lfs, "add", "--renormalize", ".")
    with pytest.raises(InputError) as caught:
        check(open_workspace(lfs))
    line = str(caught.value).split('dd the line "')[1].split('"')[0]
    write(lfs, {".gitattributes": (lfs / ".gitattributes").read_text() + f"{line}\n"})
    generate(open_workspace(lfs))
    commit_all(lfs, "second")
    assert [check(open_workspace(lfs, source=source)).exit_code for source in SOURCES] == [0, 0, 0]
    assert "overview" in git(lfs, "show", "HEAD:clusters/one/apps/app/d.json")


@pytest.mark.parametrize("path", ["stacks/one.yaml", ".kure-hooks.yaml", "manifests/a.yaml"])
@pytest.mark.parametrize("attribute", ["ident", "filter=other", "working-tree-encoding=latin1"])
def test_stacks_settings_and_manifests_are_inputs(repo, path, attribute):
    write(repo, {".kure-hooks.yaml": "version: 1\n", ".gitattributes": f"{path} {attribute}\n"})
    commit_all(repo, "second")
    first, *others = refusals(repo)
    assert f"has the git attribute {attribute}, {CONVERTED}" in first
    assert path in first
    assert others == [first, first]


@pytest.mark.parametrize("attribute", ["ident", "filter=lfs", "working-tree-encoding=UTF-16"])
def test_generated_files_that_git_would_convert(repo, attribute):
    write(repo, {".gitattributes": f"clusters/one/**/*a.yaml {attribute}\n"})
    git(repo, "-c", "filter.lfs.clean=cat", "add", ".gitattributes")
    git(repo, "commit", "--quiet", "--message", "second")
    first, *others = refusals(repo)
    assert first == (
        f"stacks/one.yaml:10:9: {output('one')}: git would not store what is generated there, "
        f'because of the attribute {attribute}. Add the line "/{output("one")} -filter -ident '
        '!working-tree-encoding", or one for all, to .gitattributes.'
    )
    assert others == [first, first]
    with pytest.raises(InputError):
        generate(open_workspace(repo))


def test_many_generated_files_are_one_finding_for_each_stack(repo):
    write(repo, {".gitattributes": "clusters/** filter=git-crypt\n"})
    commit_all(repo, "second")
    with pytest.raises(InputError) as caught:
        check(open_workspace(repo))
    problems = [finding.problem.partition(":")[0] for finding in caught.value.findings]
    assert problems == [
        "clusters/one/apps/kustomization.yaml and 4 more",
        "clusters/two/apps/kustomization.yaml and 4 more",
    ]


@pytest.mark.parametrize("lines", ["* text=auto eol=crlf", "* text eol=crlf\nclusters/** eol=lf"])
def test_line_ends_that_git_converts_are_no_drift(dashboard, lines):
    """Of the work tree's input, and of the output that it is passed on to."""
    write(dashboard, {".gitattributes": f"{lines}\n", "dash/d.json": '{\r\n  "a": 1\r\n}\r\n'})
    generate(open_workspace(dashboard))
    commit_all(dashboard, "first")
    git(dashboard, "rm", "--quiet", "-r", "--cached", ".")
    git(dashboard, "reset", "--quiet", "--hard")
    assert b"\r\n" in (dashboard / "dash/d.json").read_bytes()
    for source in SOURCES:
        assert drift(check(open_workspace(dashboard, source=source))) == []
    assert generate(open_workspace(dashboard)).written == ()
