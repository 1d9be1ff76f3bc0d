"""Shards: each cluster and each stray file is the business of one, and together they say it all."""

import json
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from click.testing import CliRunner
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from kure_hooks import config
from kure_hooks.cli import main
from kure_hooks.errors import UsageError
from kure_hooks.operations.shards import Shard
from kure_hooks.operations.units import Unit
from tests.operations.test_cluster_sets import SLOWLY, STACK, TABLE, WEB, cluster_set, in_csv
from tests.support.generate import UNJUDGED
from tests.support.git import commit_all, git, make_repository, write

PLAIN = """\
name: {name}
node: {{name: apps, bundle: {{name: web, applications: [{{path: ../apps/web.yaml}}]}}}}
"""
IN_ENVELOPE = """\
apiVersion: stack.gokure.dev/v1alpha1
kind: Cluster
metadata: {{name: {name}}}
spec: {{node: {{name: apps, bundle: {{name: web, applications: [{{path: ../apps/web.yaml}}]}}}}}}
"""
WITHOUT_EFFECT = "layout: {kustomizationMode: recursive}\n"


def command(root, *arguments):
    done = CliRunner().invoke(main, [*arguments, "--root", str(root)], standalone_mode=False)
    code = done.exception.code if isinstance(done.exception, SystemExit) else done.exit_code
    return code, done.stdout


def sharded(root, directory, count, *arguments):
    """Return exit code and JSON report that the shards of a run have together."""
    files = []
    for index in range(count, 0, -1):
        _, out = command(root, *arguments, "--format", "json", "--shard", f"{index}/{count}")
        files.append(directory / f"{index}.json")
        files[-1].write_text(out)
    runner = CliRunner()
    done = runner.invoke(main, ["report", "merge", "--format", "json", *map(str, files)])
    return done.exit_code, done.stdout


def fleet(sets, stacks, setting=""):
    rows = [{"name": f"m{number}", "region": "eu"} for number in range(sets)]
    texts = {
        f"stacks/s{number}.yaml": (PLAIN, IN_ENVELOPE)[number % 2].format(name=f"s{number}")
        for number in range(stacks)
    }
    members = {TABLE: in_csv(rows), STACK: cluster_set({"from": f"../{TABLE}"})} if sets else {}
    inputs = {config.FILE_NAME: UNJUDGED + setting, "apps/web.yaml": WEB, "apps/till.yaml": WEB}
    return inputs | texts | members


def paths(root):
    return sorted(path for path in (root / "clusters").rglob("*") if path.is_file())


def edit(root, number):
    path = paths(root)[number % len(paths(root))]
    path.write_text(path.read_text() + "# edited\nspec: {replicas: 7}\n")


def remove(root, number):
    paths(root)[number % len(paths(root))].unlink()


def leave_behind(root, number):
    directory = paths(root)[number % len(paths(root))].parents[0]
    shutil.copytree(directory, root / f"clusters/gone-{number}", dirs_exist_ok=True)


def stray(root, number):
    directory = paths(root)[number % len(paths(root))].parent
    write(directory, {f"stray-{number}.yaml": "kind: Mine\n"})


def break_stack(root, number):
    stacks = sorted((root / "stacks").glob("s*.yaml"))
    if stacks:
        path = stacks[number % len(stacks)]
        path.write_text(path.read_text().replace("web.yaml", f"wbe{number}.yaml"))


def double(root, number):
    write(root, {f"stacks/t{number}.yaml": PLAIN.format(name="s0")})


DEEDS = [edit, edit, remove, leave_behind, stray, break_stack, double]


# To look for a smaller example would take minutes: each runs the command several times.
@settings(SLOWLY, max_examples=8, phases=[Phase.generate])
@given(
    st.integers(0, 4),
    st.integers(1, 4),
    st.integers(1, 5),
    st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 50)), max_size=4),
    st.sampled_from(["", WITHOUT_EFFECT, "drift: {keep: ['clusters/s1/**']}\n"]),
)
def test_all_shards_together_say_what_one_run_says(sets, stacks, count, deeds, setting):
    with TemporaryDirectory() as directory, TemporaryDirectory() as reports:
        root = Path(directory)
        write(root, fleet(sets, stacks, setting))
        assert command(root, "generate", "--quiet")[0] == 1
        for deed, number in deeds:
            deed(root, number)
        whole = command(root, "check", "--format", "json")
        assert sharded(root, Path(reports), count, "check") == whole


def test_with_a_history_shards_say_what_one_run_says(tmp_path):
    root = make_repository(tmp_path / "fleet")
    write(root, fleet(3, 3))
    command(root, "generate", "--quiet")
    commit_all(root, "Start")
    stack = root / "stacks/s1.yaml"
    stack.write_text(stack.read_text().replace("name: web,", "name: web, interval: 7m,"))
    git(root, "rm", "--quiet", "-r", "stacks/s0.yaml")
    remove(root, 0)
    commit_all(root, "Forget to generate")
    edit(root, 9)
    whole = command(root, "check", "--format", "json")
    report = json.loads(whole[1])
    reasons = {change.get("cause", {}).get("reason") for change in report["drift"]}
    assert {"stale", "edited"} <= reasons
    assert report["fix"].endswith("kure-hooks generate; git add -A -- clusters")
    assert sharded(root, tmp_path, 4, "check") == whole


def test_shards_generate_the_tree_together(tmp_path):
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    for root in (whole, parts):
        write(root, fleet(5, 2))
    command(whole, "generate")
    for index in (1, 2, 3):
        assert command(parts, "generate", "--shard", f"{index}/3")[0] == 1
    assert [path.relative_to(parts) for path in paths(parts)] == [
        path.relative_to(whole) for path in paths(whole)
    ]
    assert command(parts, "check")[0] == 0


def test_what_no_cluster_owns_is_removed_by_the_first_shard_alone(tmp_path):
    write(tmp_path, fleet(0, 4))
    command(tmp_path, "generate")
    (tmp_path / "stacks/s3.yaml").unlink()
    assert command(tmp_path, "generate", "--shard", "2/2")[0] == 0
    assert (tmp_path / "clusters/s3").exists()
    assert command(tmp_path, "generate", "--shard", "1/2")[0] == 1
    assert not (tmp_path / "clusters/s3").exists()


def test_a_stack_that_cannot_be_read_keeps_its_clusters_in_every_shard(tmp_path):
    write(tmp_path, fleet(0, 4))
    command(tmp_path, "generate")
    (tmp_path / "stacks/s3.yaml").write_text("name: [\n")
    assert command(tmp_path, "generate", "--shard", "1/2")[0] == 0
    assert command(tmp_path, "generate", "--shard", "2/2")[0] == 2
    assert (tmp_path / "clusters/s3").exists()


def test_two_clusters_of_one_name_are_refused_by_every_shard(tmp_path):
    write(tmp_path, fleet(0, 2) | {"stacks/z.yaml": PLAIN.format(name="s0")})
    for index in (1, 2, 3):
        code, out = command(tmp_path, "generate", "--shard", f"{index}/3")
        assert code == 2
        assert "clusters/s0 is also written by the cluster at stacks/s0.yaml:1:7" in out
    assert not (tmp_path / "clusters").exists()


@given(st.integers(0, 400), st.integers(1, 60))
def test_parts_are_neighbours_of_nearly_one_length(number, count):
    units = [Unit(f"stacks/{index}.yaml") for index in range(number)]
    parts = [Shard(index, count).of(units) for index in range(1, count + 1)]
    assert [unit for part in parts for unit in part] == units
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


@given(st.integers(1, 200), st.integers(1, 20), st.integers(0, 199))
def test_a_new_cluster_moves_at_most_one_across_each_border(number, count, at):
    before = [Unit(f"stacks/{index}.yaml") for index in range(number)]
    after = [*before[:at], Unit("stacks/new.yaml"), *before[at:]]
    homes = [
        {unit: index for index in range(1, count + 1) for unit in Shard(index, count).of(units)}
        for units in (before, after)
    ]
    moved = [unit for unit in before if homes[0][unit] != homes[1][unit]]
    assert len(moved) <= count - 1


@pytest.mark.parametrize(
    "text", ["0/2", "3/2", "1", "1/", "a/b", "1/0", "-1/2", "1/2/3", "9/100000"]
)
def test_other_texts_are_no_shard(text):
    with pytest.raises(
        UsageError,
        match=r"names no shard\. Write its number and their count, as in 1/8\.",
    ):
        Shard.parse(text)


@pytest.fixture
def reports(tmp_path):
    """Return a function that writes the report of a shard."""
    write(tmp_path, fleet(0, 4))
    command(tmp_path, "generate")

    def write_report(name, shard, *arguments):
        _, out = command(tmp_path, "check", *arguments, "--format", "json", "--shard", shard)
        path = tmp_path / name
        path.write_text(out)
        return str(path)

    return write_report


def merge(*files):
    done = CliRunner().invoke(main, ["report", "merge", *files], standalone_mode=False)
    code = done.exception.code if done.exception else done.exit_code
    return code, done.stderr.replace(str(Path(files[0]).parent) + "/", "")


def test_reports_that_make_no_whole_are_refused(reports, tmp_path):
    one, two, three = (reports(f"{index}.json", f"{index}/3") for index in (1, 2, 3))
    again = reports("again.json", "2/3")
    of_four = reports("four.json", "4/4")
    other = reports("other.json", "3/3", "s1")
    whole = tmp_path / "whole.json"
    whole.write_text(command(tmp_path, "check", "--format", "json")[1])
    assert merge(one, two, three) == (0, "")
    assert merge(one) == (
        2,
        "error: The reports of shards 2, 3 of 3 are missing. Give them as well.\n",
    )
    assert merge(one, two, again) == (
        2,
        (
            "error: 2.json and again.json are both of shard 2. Leave one out. "
            "The reports of shard 3 of 3 are missing. Give them as well.\n"
        ),
    )
    assert merge(one, of_four) == (
        2,
        (
            "error: four.json and 1.json are not of the same run: "
            "the number of shards is 4 in the one and 3 in the other. "
            "Let the same command write the reports of all shards anew.\n"
        ),
    )
    assert "the digest of its inputs is " in merge(one, two, other)[1]
    assert merge(one, str(whole)) == (
        2,
        "error: whole.json: this is no report of a shard. Write it with --shard.\n",
    )


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        ((), {"shard": ["1/1"]}),
        (("--clusters", "3"), {"shard": ["1/3", "2/3", "3/3"]}),
    ],
)
def test_the_matrix_of_github_has_a_job_for_so_many_clusters(tmp_path, arguments, printed):
    write(tmp_path, fleet(4, 3))
    code, out = command(tmp_path, "matrix", *arguments)
    assert (code, json.loads(out)) == (0, printed)


def test_a_forge_takes_no_more_jobs_than_it_can(tmp_path):
    write(tmp_path, fleet(300, 0))
    shards = json.loads(command(tmp_path, "matrix", "--clusters", "1")[1])["shard"]
    assert (len(shards), shards[-1]) == (256, "256/256")
    assert command(tmp_path, "matrix", "--clusters", "1", "--forge", "gitlab")[1] == (
        "include: [{local: .gitlab/kure-hooks.yml}]\n"
        "kure-hooks: {extends: .kure-hooks, parallel: 200}\n"
    )
