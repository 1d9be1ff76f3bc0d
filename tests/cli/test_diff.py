import json

import pytest

from tests.support.git import commit_all, git, make_repository

APPLICATION = "apps/frontend.yaml"


def edit(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.fixture
def repository(fleet, kure):
    make_repository(fleet)
    kure("generate")
    commit_all(fleet, "first")
    return fleet


def test_a_change_of_the_inputs_is_a_change_of_the_output(repository, kure):
    edit(repository / APPLICATION, "replicas: 3", "replicas: 5")
    code, out, err = kure("diff")
    assert (code, err) == (1, "")
    assert (
        out
        == """\
clusters/prod  (stacks/prod.yaml)
  changed     apps/apps-deployment-frontend.yaml
      Deployment apps/frontend  HEAD -> work tree
        spec.replicas           3 -> 5

1 file changed in 1 of 1 cluster.
"""
    )


def test_what_is_checked_in_does_not_matter(repository, kure):
    for path in (repository / "clusters").rglob("*.yaml"):
        path.unlink()
    assert kure("diff") == (0, "", "")
    assert kure("diff", "-v") == (0, "9 files of 1 cluster: no difference.\n", "")


def test_two_revisions_are_compared(repository, kure):
    edit(repository / APPLICATION, "replicas: 3", "replicas: 5")
    commit_all(repository, "second")
    assert "3 -> 5" in kure("diff", "HEAD~1", "HEAD")[1]
    assert "5 -> 3" in kure("diff", "HEAD", "HEAD~1")[1]
    assert kure("diff", "HEAD", "HEAD")[0] == 0
    edit(repository / APPLICATION, "replicas: 5", "replicas: 7")
    git(repository, "add", "apps")
    edit(repository / APPLICATION, "replicas: 7", "replicas: 9")
    assert "5 -> 7" in kure("diff", "HEAD", "index")[1]


def test_the_merge_base_leaves_out_what_happened_on_the_base(repository, kure):
    git(repository, "switch", "--quiet", "--create", "topic")
    edit(repository / APPLICATION, "replicas: 3", "replicas: 5")
    commit_all(repository, "ours")
    git(repository, "switch", "--quiet", "main")
    edit(repository / APPLICATION, "nginx:1.25", "nginx:1.29")
    commit_all(repository, "theirs")
    git(repository, "switch", "--quiet", "topic")
    both = kure("diff", "main", "HEAD")[1]
    assert "nginx:1.29 -> nginx:1.25" in both
    ours = kure("diff", "--merge-base", "main", "HEAD")[1]
    assert "3 -> 5" in ours
    assert "nginx" not in ours


def test_a_cluster_of_one_side_only_is_one_line(repository, kure):
    text = (repository / "stacks/prod.yaml").read_text()
    (repository / "stacks/new.yaml").write_text(text.replace("name: prod", "name: new"))
    code, out, _ = kure("diff")
    assert code == 1
    assert "clusters/new  added, 9 files\n" in out
    assert "deployment" not in out
    (repository / "stacks/prod.yaml").unlink()
    assert "clusters/prod  removed, 9 files\n" in kure("diff")[1]


def test_faults_of_the_base_name_it(repository, kure):
    edit(repository / APPLICATION, "replicas: 3", "replicas: many")
    commit_all(repository, "broken")
    edit(repository / APPLICATION, "replicas: many", "replicas: 3")
    code, out, _ = kure("diff", "HEAD")
    assert code == 2
    assert out.startswith("HEAD:apps/frontend.yaml:")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], "'nowhere' names no commit of this repository"),
        (["HEAD", "nowhere"], "'nowhere' names no commit of this repository"),
        (
            ["--", "--output=x"],
            "'--output=x' can't be the name of a revision. Name a branch, tag or commit.",
        ),
    ],
)
def test_an_unknown_revision_is_wrong_usage(arguments, words, repository, kure):
    code, out, err = kure("diff", *arguments)
    assert (code, out) == (2, "")
    assert words in err


def test_without_git_there_is_nothing_to_compare_with(fleet, kure):
    code, _, err = kure("diff")
    assert (code, err) == (
        2,
        "error: diff compares git revisions, and there is no git repository here. Run it in one.\n",
    )


def test_unrelated_histories_have_no_merge_base(repository, kure):
    git(repository, "checkout", "--quiet", "--orphan", "other")
    commit_all(repository, "elsewhere")
    code, _, err = kure("diff", "--merge-base", "main", "HEAD")
    assert code == 2
    assert "main and HEAD have no commit in common" in err


def test_the_patch_of_a_difference_names_what_changed(repository, kure):
    edit(repository / APPLICATION, "replicas: 3", "replicas: 5")
    report = json.loads(kure("diff", "--format", "json")[1])
    assert report["sides"] == ["HEAD", "work tree"]
    assert [each["kind"] for each in report["drift"]] == ["changed"]


def test_semantic_mode_leaves_out_what_only_the_bytes_say(repository, kure):
    (repository / "stacks/prod.yaml").rename(repository / "stacks/renamed.yaml")
    code, out, _ = kure("diff")
    assert (code, out.count("  formatting  ")) == (1, 9)
    (repository / ".kure-hooks.yaml").write_text("drift: {mode: semantic}\n")
    assert kure("diff") == (0, "", "")


def test_the_merge_base_needs_a_revision_to_part_from(repository, kure):
    code, out, err = kure("diff", "--merge-base")
    assert (code, out) == (2, "")
    assert "--merge-base needs BASE. Name the revision to compare with." in err
    assert kure("diff", "--merge-base", "HEAD") == (0, "", "")
    assert kure("diff", "HEAD", "index") == (0, "", "")


def test_schemas_that_are_not_there_are_told(repository, kure):
    (repository / ".kure-hooks.yaml").write_text("validate: {schemaLocations: [nope]}\n")
    code, out, _ = kure("diff")
    assert code == 2
    assert ".kure-hooks.yaml:1:30: validate.schemaLocations[0]: there is no nope" in out
