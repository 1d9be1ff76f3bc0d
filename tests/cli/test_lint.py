"""The command `lint` in a repository without stacks, and in one with them."""

import json
import os
from pathlib import Path

import pytest

from kure_hooks.reports import REPORTS
from tests.support.git import commit_all, git, make_repository, write
from tests.support.linting import SYNC

APPS = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: apps
  namespace: flux-system
spec:
  interval: 10m
  path: ./apps
  prune: true
  sourceRef: {kind: GitRepository, name: flux-system}
"""
WEB = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web, namespace: shop}\ndata: {a: b}\n"
SHOP = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n"
FILES = {
    "clusters/prod/sync.yaml": SYNC,
    "clusters/prod/apps.yaml": APPS,
    "apps/web.yaml": f"{SHOP}---\n{WEB}",
}
OTHER = APPS.replace("name: apps", "name: other").replace("./apps", "./ohter")
WRONG = "clusters/prod/apps.yaml"


@pytest.fixture
def repository(tmp_path):
    write(tmp_path, FILES | {".kure-hooks.yaml": ""})
    return tmp_path


def break_path(repository, path="apps"):
    text = APPS.replace(f"./{path}", "./apsp")
    write(repository, {WRONG: text})


def test_a_repository_that_works_has_nothing_to_report(repository, kure):
    code, out, err = kure("lint")
    assert (code, err) == (0, ""), out
    code, out, err = kure("lint", "-v", "--select", "FX001")
    assert (code, out, err) == (0, "5 objects: no error found.\n", "")


def test_findings_are_told_below_their_rule(repository, kure):
    break_path(repository)
    code, out, err = kure("lint", "--select", "FX001")
    assert (code, err) == (1, "")
    heading, finding, empty, summary = out.splitlines()
    assert heading.startswith("FX001: ")
    assert finding.startswith(f"  error    {WRONG}:8:3: Kustomization apps: spec.path: ")
    assert empty == ""
    assert summary.startswith("1 error in ")


def test_paths_restrict_what_is_told_but_not_what_is_read(repository, kure):
    break_path(repository)
    assert kure("lint", "--select", "FX001", "apps")[:2] == (0, "")
    assert kure("lint", "--select", "FX001", "clusters")[0] == 1
    assert kure("lint", "--select", "FX001", "apps.yaml", cwd=repository / "clusters/prod")[0] == 1
    code, _, err = kure("lint", "nowhere")
    assert (code, err) == (2, "error: nowhere has no file. Name one that is there.\n")
    assert kure("lint", "../..")[0] == 2


def test_a_repository_without_gitops_objects_fails(tmp_path, kure):
    write(tmp_path, {"a.yaml": WEB})
    code, out, _ = kure("lint")
    assert code == 2
    assert out.startswith("error: no object of Flux CD or Argo CD was found")


def test_severities_and_choices_of_the_settings(repository, kure):
    break_path(repository)
    write(repository, {".kure-hooks.yaml": "lint: {select: [FX001], severity: {FX001: warning}}\n"})
    code, out, _ = kure("lint")
    assert (code, out.splitlines()[-1]) == (0, "1 warning in 3 objects.")
    write(repository, {".kure-hooks.yaml": 'lint: {select: [FX001], severity: {FX001: "off"}}\n'})
    assert kure("lint") == (0, "", "")
    write(repository, {".kure-hooks.yaml": "lint: {select: [FX001], severity: {FX001: info}}\n"})
    assert kure("lint")[:2] == (
        0,
        "1 info is not shown. --verbose shows all.\n1 info in 3 objects.\n",
    )
    assert "  info     clusters/prod/apps.yaml:8:3: " in kure("lint", "-v")[1]


def test_rules_that_do_not_exist_are_refused_where_they_are_named(repository, kure):
    code, _, err = kure("lint", "--select", "FX001,FX0011")
    assert (code, err) == (2, 'error: There is no rule FX0011. Did you mean "FX011"?\n')
    settings = 'lint:\n  ignore: [FX001, FX0O2]\n  paths: {"a/**": [XX]}\n  severity: {YY: info}\n'
    write(repository, {".kure-hooks.yaml": settings})
    code, out, _ = kure("lint")
    assert code == 2
    assert [line.partition(". ")[0] for line in out.splitlines()] == [
        '.kure-hooks.yaml:2:19: lint.ignore[1]: there is no rule "FX0O2"',
        '.kure-hooks.yaml:3:20: lint.paths.a/**[0]: there is no rule "XX"',
        '.kure-hooks.yaml:4:14: lint.severity.YY: there is no rule "YY"',
    ]


@pytest.mark.parametrize("format_", sorted(REPORTS))
def test_every_format_reports(repository, kure, format_):
    break_path(repository)
    code, out, err = kure("lint", "--select", "FX001", "--format", format_)
    assert (code, err) == (1, "")
    assert ("apps.yaml" in out) is (format_ != "diff")


def test_json_tells_the_owner_and_the_clusters(repository, kure):
    break_path(repository)
    (finding,) = json.loads(kure("lint", "--select", "FX001", "--format=json")[1])["findings"]
    assert finding["owner"] == "Kustomization flux-system/apps"
    assert finding["clusters"] == ["clusters/prod"]
    assert finding["object"] == "Kustomization flux-system/apps"


BASELINE = ("lint", "--select", "FX001", "--baseline", "base.yaml")


def test_only_findings_beside_the_baseline_fail(repository, kure):
    break_path(repository)
    code, out, err = kure(*BASELINE, "--write-baseline")
    assert (code, out, err) == (0, "base.yaml is written, with 1 finding of this run.\n", "")
    text = (repository / "base.yaml").read_text()
    assert text.splitlines()[-4:] == [
        "- rule: FX001",
        f"  file: {WRONG}",
        "  object: Kustomization flux-system/apps",
        "  count: 1",
    ]
    assert kure(*BASELINE)[:2] == (0, "")
    write(repository, {"clusters/prod/other.yaml": OTHER})
    code, out, _ = kure(*BASELINE)
    assert code == 1
    assert "clusters/prod/other.yaml:8:3" in out
    assert WRONG not in out
    assert out.endswith(" 1 known finding left out.\n")
    assert kure(*BASELINE, "--write-baseline")[0] == 0
    write(repository, {WRONG: APPS})
    code, out, _ = kure(*BASELINE)
    assert (code, out.splitlines()[:2]) == (
        0,
        [
            "LI003: Baseline entry that no longer occurs",
            (
                "  warning  base.yaml:5:3: findings[0]: FX001 on Kustomization flux-system/apps no "
                "longer occurs. Write the baseline again with --write-baseline."
            ),
        ],
    )


def test_a_part_of_the_baseline_can_be_written_again(repository, kure):
    break_path(repository)
    write(repository, {"clusters/prod/other.yaml": OTHER})
    kure(*BASELINE, "--write-baseline")
    whole = (repository / "base.yaml").read_bytes()
    assert kure(*BASELINE, "--write-baseline", WRONG)[0] == 0
    assert (repository / "base.yaml").read_bytes() == whole
    assert kure(*BASELINE, "--ignore", "FX", "--write-baseline")[0] == 0
    assert (repository / "base.yaml").read_bytes() == whole
    write(repository, {WRONG: APPS})
    assert kure(*BASELINE, "--write-baseline", "clusters/prod/other.yaml")[0] == 0
    assert (repository / "base.yaml").read_bytes() == whole
    assert kure(*BASELINE, "--write-baseline")[0] == 0
    assert WRONG not in (repository / "base.yaml").read_text()


def test_the_settings_may_name_the_baseline(repository, kure):
    break_path(repository)
    write(repository, {".kure-hooks.yaml": "lint: {select: [FX001], baseline: ci/base.yaml}\n"})
    code, _, err = kure("lint", cwd=repository / "apps")
    assert (code, err.partition(" is not there")[0]) == (2, "error: the baseline ../ci/base.yaml")
    assert kure("lint", "--write-baseline", cwd=repository / "apps")[0] == 0
    assert (repository / "ci/base.yaml").exists()
    assert kure("lint")[:2] == (0, "")


def test_a_baseline_replaces_nothing_that_people_wrote(repository, kure):
    code, _, err = kure("lint", "--baseline", WRONG, "--write-baseline")
    assert (code, err) == (
        2,
        f"error: --baseline {WRONG} is no baseline, so it is not replaced. Name another file.\n",
    )
    assert kure("lint", "--baseline", "apps", "--write-baseline")[0] == 2
    assert (repository / WRONG).read_text() == APPS
    for options in (["--write-baseline"], ["--baseline", "b.yaml"], ["--baseline", "apps"]):
        assert kure("lint", *options)[0] == 2
    assert kure("lint", "--changed", "HEAD", "--baseline", "b.yaml", "--write-baseline")[0] == 2


SETTINGS = "lint: {select: [FX001], baseline: ci/base.yaml}\n"
KEYS = "password: hunter2hunter2\nversion: 1\n"


@pytest.fixture
def outside(tmp_path_factory):
    """A directory beside the repository, with a file that is none of its business."""
    directory = tmp_path_factory.mktemp("outside")
    (directory / "base.yaml").write_text(KEYS)
    return directory


def linked_directory(repository, outside):
    (repository / "ci").symlink_to(outside)


def linked_file(repository, outside):
    (repository / "ci").mkdir()
    (repository / "ci/base.yaml").symlink_to(outside / "base.yaml")


@pytest.mark.parametrize("link", [linked_directory, linked_file])
@pytest.mark.parametrize("option", [(), ("--baseline", "ci/base.yaml")])
def test_no_baseline_of_the_repository_is_reached_through_a_link(
    repository, outside, kure, link, option
):
    break_path(repository)
    write(repository, {".kure-hooks.yaml": SETTINGS})
    link(repository, outside)
    for writes in ((), ("--write-baseline",)):
        code, out, err = kure("lint", *option, *writes)
        assert (code, out) == (2, "")
        assert "ci/base.yaml" in err
        assert err.endswith((" Put the file itself in its place.\n", " a real directory.\n"))
        assert "password" not in err
    assert [path.name for path in outside.iterdir()] == ["base.yaml"]
    assert (outside / "base.yaml").read_text() == KEYS


def test_an_empty_directory_behind_a_link_gets_no_baseline(repository, outside, kure):
    break_path(repository)
    (outside / "base.yaml").unlink()
    write(repository, {".kure-hooks.yaml": SETTINGS})
    linked_directory(repository, outside)
    assert kure("lint", "--write-baseline")[0] == 2
    assert kure("lint", "--baseline", "ci/base.yaml", "--write-baseline")[0] == 2
    assert list(outside.iterdir()) == []


def test_a_baseline_is_no_pipe_and_no_file_of_any_size(repository, kure):
    break_path(repository)
    write(repository, {".kure-hooks.yaml": SETTINGS, "ci/a": ""})
    os.mkfifo(repository / "ci/base.yaml")
    for writes in ((), ("--write-baseline",)):
        assert kure("lint", *writes)[0] == 2
    (repository / "ci/base.yaml").unlink()
    with (repository / "ci/base.yaml").open("wb") as file:
        file.truncate(1 << 30)
    for writes in ((), ("--write-baseline",)):
        code, _, err = kure("lint", *writes)
        assert (code, "the limit is" in err) == (2, True)


def test_whoever_runs_lint_may_name_a_baseline_elsewhere(repository, outside, kure):
    break_path(repository)
    (outside / "base.yaml").unlink()
    (outside / "way").symlink_to(outside)
    for name in (outside / "base.yaml", outside / "way/base.yaml"):
        option = ("--select", "FX001", "--baseline", str(name))
        assert kure("lint", *option, "--write-baseline")[0] == 0
        assert kure("lint", *option)[:2] == (0, "")
    (outside / "repository").symlink_to(repository)
    linked_directory(repository, outside)
    through = ("--baseline", str(outside / "repository/ci/other.yaml"))
    assert kure("lint", *through, "--write-baseline")[0] == 2
    assert not (outside / "other.yaml").exists()


def test_findings_of_another_revision_are_left_out(repository, kure):
    break_path(repository)
    make_repository(repository)
    commit_all(repository, "one")
    assert kure("lint", "--select", "FX001")[0] == 1
    assert kure("lint", "--select", "FX001", "--changed", "HEAD")[:2] == (0, "")
    write(repository, {WRONG: "# A comment moves all lines.\n" + (repository / WRONG).read_text()})
    write(repository, {"clusters/prod/other.yaml": OTHER})
    code, out, _ = kure("lint", "--select", "FX001", "--changed", "HEAD")
    assert code == 1
    assert ["other.yaml" in line for line in out.splitlines()] == [False, True, False, False]
    assert out.endswith(" 1 known finding left out.\n")
    assert kure("lint", "--changed", "nowhere")[0] == 2


def test_changes_are_compared_with_another_revision(repository, kure):
    make_repository(repository)
    commit_all(repository, "one")
    write(repository, {WRONG: APPS.replace("name: apps", "name: shop")})
    options = ("--select", "FX028", "--changed", "HEAD")
    code, out, _ = kure("lint", *options)
    assert code == 0
    assert f"{WRONG}:4:3:" in out
    assert "this was Kustomization flux-system/apps, which is deleted with the 2 objects" in out
    suppressed = APPS.replace("name: apps", "# kure-hooks: ignore FX028\n  name: shop")
    write(repository, {WRONG: suppressed})
    assert "this was Kustomization" not in kure("lint", *options)[1]


def test_changed_needs_git(repository, kure):
    code, _, err = kure("lint", "--changed", "HEAD")
    assert (code, err) == (
        2,
        "error: --changed HEAD needs a git repository, and here is none. Run it in one.\n",
    )


def test_another_revision_can_be_linted(repository, kure):
    break_path(repository)
    make_repository(repository)
    commit_all(repository, "one")
    write(repository, {WRONG: APPS})
    assert kure("lint", "--select", "FX001")[0] == 0
    for source in ("index", "HEAD"):
        assert kure("lint", "--select", "FX001", "--source", source)[0] == 1
    git(repository, "add", "-A")
    assert kure("lint", "--select", "FX001", "--source", "index")[0] == 0


POLICIES = """\
policies:
- id: ACME001
  message: a ConfigMap needs a team
  match: {kinds: [ConfigMap]}
  expression: has(object.metadata.labels) && 'team' in object.metadata.labels
- id: ACME002
  message: an owner prunes
  expression: owners.all(o, o.prunes)
"""


def test_policies_are_rules_of_the_settings(repository, kure):
    write(repository, {".kure-hooks.yaml": POLICIES})
    code, out, _ = kure("lint", "--select", "ACME")
    assert (code, out.splitlines()[:2]) == (
        1,
        ["ACME001", "  error    apps/web.yaml:5:1: ConfigMap web: a ConfigMap needs a team"],
    )
    text = (repository / "apps/web.yaml").read_text()
    write(repository, {"apps/web.yaml": f"# kure-hooks: ignore-file ACME001 -- a test\n{text}"})
    assert kure("lint", "--select", "ACME,LI")[:2] == (0, "")
    write(repository, {".kure-hooks.yaml": POLICIES.replace("'team' in", "'team' inside")})
    code, out, _ = kure("lint")
    assert code == 2
    assert out.startswith(
        ".kure-hooks.yaml:5:15: policies[0].expression: this is no condition in CEL: "
    )
    assert kure("lint", "--select", "ACME002")[0] == 0


def test_a_policy_that_looks_at_nothing_is_an_info(repository, kure):
    settings = POLICIES.replace("[ConfigMap]", "[Configmap]")
    write(repository, {".kure-hooks.yaml": settings})
    code, out, _ = kure("lint", "--select", "ACME,LI", "--verbose")
    assert code == 0
    assert out.splitlines()[:2] == [
        "LI005: Policy that looks at nothing",
        (
            "  info     .kure-hooks.yaml:2:3: policies[0]: the policy ACME001 looks at no object "
            "of this repository. Correct its match, or delete it."
        ),
    ]
    assert "LI005" not in kure("lint", "--select", "ACME,LI", "-v", "--ignore", "LI005")[1]
    assert "LI005" not in kure("lint", "--select", "ACME,LI", "-v", "apps")[1]
    write(repository, {".kure-hooks.yaml": f"{settings}lint: {{severity: {{LI005: warning}}}}\n"})
    assert "  warning  .kure-hooks.yaml:2:3" in kure("lint", "--select", "ACME,LI")[1]


@pytest.mark.parametrize("name", ["FX001", "LI001"])
def test_a_policy_can_not_have_the_name_of_a_rule(repository, kure, name):
    write(repository, {".kure-hooks.yaml": POLICIES.replace("ACME002", name)})
    code, out, _ = kure("lint", "--select", "ACME")
    assert code == 2
    assert out.startswith(
        f".kure-hooks.yaml:6:7: policies[1].id: {name} is the name of another rule. "
    )


def test_other_repositories_are_given_by_their_urls(repository, kure):
    for pair, problem in (
        ("x", "x has no URL and directory. Write URL=DIR."),
        ("=x", "=x has no URL and directory. Write URL=DIR."),
        ("https://a/b=no", "names no, which is no directory. Name one."),
    ):
        code, _, err = kure("lint", "--map", pair)
        assert (code, err) == (2, f"error: --map {problem}\n")
    assert kure("lint", "--select", "FX001", "--map", "https://a/b?x=y=apps")[0] == 0


def test_what_the_stacks_generate_is_linted(fleet, kure):
    """The tree is not there yet, and what is left from before doesn't count."""
    code, out, err = kure("lint", "-v")
    assert (code, err) == (0, ""), out
    kure("generate")
    stale = fleet / "clusters/prod/flux-system/flux-system-kustomization-web.yaml"
    left = stale.with_name("flux-system-kustomization-old.yaml")
    left.write_text(stale.read_text().replace("name: web", "name: old").replace("apps", "gone"))
    assert kure("lint")[0] == 0
    stale.write_text(stale.read_text().replace("clusters/prod/apps", "clusters/prod/nowhere"))
    assert kure("lint")[0] == 0
    assert not Path(fleet, "clusters/prod/gone").exists()


def test_what_stacks_say_is_elsewhere_is_no_unknown_dependency(fleet, kure):
    stack = """\
name: edge
gitops: {type: flux, bootstrap: {enabled: true, sourceURL: https://github.com/acme/fleet.git}}
node:
  bundle: {name: web, dependsOn: [{name: elsewhere, external: true}]}
"""
    write(fleet, {"stacks/edge.yaml": stack})
    assert "FX003" not in kure("lint", "--select", "FX003")[1]
    write(fleet, {"stacks/edge.yaml": stack.replace(", external: true", "")})
    assert kure("lint")[0] == 2
