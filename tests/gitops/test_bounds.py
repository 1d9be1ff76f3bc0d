"""The work for what a few lines ask: bounded in all, and linear wherever an index makes it so."""

import json

import pytest

from kure_hooks.files.memory import MemoryTree
from kure_hooks.gitops import entries
from kure_hooks.gitops.applications import assumed_home
from kure_hooks.gitops.budget import MAX_RESOURCES, TOO_LONG, Budget
from kure_hooks.gitops.builds import Builds
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.payload import Way
from kure_hooks.lint.running import Run
from kure_hooks.lint.selection import Selection
from tests.incidents.trees import incidents
from tests.support.counting import calls
from tests.support.linting import config_map, document, fleet, kustomization, model


def files_of(texts):
    return Files(MemoryTree({path: text.encode() for path, text in texts.items()}))


def base(number, **fields):
    """Return a directory of so many ConfigMaps and Deployments that a kustomization changes."""
    items = []
    for at in range(number):
        container = {"name": "web", "image": f"nginx{at}:1"}
        pod = {"spec": {"containers": [container], "serviceAccountName": f"c{at}"}}
        spec = {"template": pod | {"metadata": {}}}
        items += [
            config_map(f"c{at}"),
            document("apps/v1", "Deployment", f"c{at}", "default", spec=spec),
        ]
    return {
        "base/kustomization.yaml": json.dumps({"resources": ["x.yaml"], **fields}),
        "base/x.yaml": "---\n".join(items),
    }


def merge(at):
    metadata = {"name": f"c{at}", "namespace": "default"}
    value = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"a": "b"}}
    return {"patch": json.dumps(value)}


def generators(number):
    return {
        "generatorOptions": {"disableNameSuffixHash": True},
        "configMapGenerator": [{"name": f"g{at}", "literals": ["a=b"]} for at in range(number)],
    }


LINEAR = {
    "merges": lambda number: base(number, patches=[merge(at) for at in range(number)]),
    "merges in one patch": lambda number: base(
        number,
        patches=[{"patch": "\n---\n".join(merge(at)["patch"] for at in range(number))}],
    ),
    "generators": lambda number: base(1, **generators(number)),
    "generators that merge": lambda number: {
        **base(1, **generators(number)),
        "over/kustomization.yaml": json.dumps(
            {
                "resources": ["../base"],
                "configMapGenerator": [
                    {"name": f"g{at}", "behavior": "merge", "literals": ["c=d"]}
                    for at in range(number)
                ],
            }
        ),
    },
    "references": lambda number: base(number, namePrefix="my-"),
    "missing files": lambda number: {
        **{f"base/x{at}.yaml": config_map(f"c{at}") for at in range(number)},
        "base/kustomization.yaml": json.dumps({"resources": [f"y{at}" for at in range(number)]}),
    },
}


@pytest.mark.parametrize("name", LINEAR)
def test_a_build_is_linear_in_its_objects_and_entries(name):
    def work(number):
        made = Builds(files_of(LINEAR[name](number)))
        directory = "over" if "over" in made.files.directories else "base"
        return calls(lambda: made.payload(directory, Way.FLUX))

    work(20)  # tables are made once
    small, large = work(60), work(240)
    assert large < 6 * small


DENSE = {
    "images": {"images": [{"name": f"nginx{at}", "newTag": "2"} for at in range(40)]},
    "labels": {"commonLabels": {f"l{at}": "x" for at in range(40)}},
    "annotations": {"commonAnnotations": {f"l{at}": "x" for at in range(40)}},
    "replicas": {"replicas": [{"name": f"c{at}", "count": 2} for at in range(20)] * 2},
    "operations": {
        "patches": [
            {
                "target": {"kind": "ConfigMap"},
                "patch": json.dumps([{"op": "add", "path": "/data/a", "value": str(at)}]),
            }
            for at in range(40)
        ]
    },
}


@pytest.mark.parametrize("name", DENSE)
def test_changes_of_all_objects_end_with_the_budget(name):
    texts = base(20, **DENSE[name])
    whole = Builds(files_of(texts)).payload("base", Way.FLUX)
    assert len(whole.resources) == 40
    assert whole.unknown == ()
    made = Builds(files_of(texts), budget=Budget(200))
    payload = made.payload("base", Way.FLUX)
    assert payload.unknown[0] == TOO_LONG
    assert payload.resources == ()
    assert made.payload("other", Way.FLUX).unknown == (TOO_LONG,)


@pytest.mark.parametrize(
    ("data", "unknown"), [("value", ()), ("v" * 200_000, (TOO_LONG,))], ids=["usual", "large"]
)
def test_a_large_object_weighs_more_than_a_usual_one(data, unknown):
    texts = base(1, commonAnnotations={f"l{at}": "x" for at in range(10)})
    texts["base/x.yaml"] += "---\n" + config_map("more").replace("value", data)
    made = Builds(files_of(texts), budget=Budget(20))
    assert made.payload("base", Way.FLUX).unknown == unknown


def limit(monkeypatch, left):
    """Leave the work of so many objects to each repository."""
    monkeypatch.setattr(Budget, "__init__", lambda self: setattr(self, "left", left))


def overlays(number, text):
    """Return so many overlays of one base, of which nothing is applied by anybody."""
    texts = base(10)
    texts["base/x.yaml"] += text
    for at in range(number):
        fields = {"resources": ["../base"], "namePrefix": f"o{at}-"}
        texts[f"o{at}/kustomization.yaml"] = json.dumps(fields)
    return texts


def test_directories_without_gitops_objects_are_not_built():
    texts = fleet(kustomization("web")) | {"apps/web/x.yaml": config_map("x")}
    files = files_of(texts | overlays(50, ""))
    made = Builds(files)
    units = list(entries.find_units(files, made))
    assert {unit.directory.split("/")[0] for unit in units} == {"clusters"}
    assert made.budget.left == MAX_RESOURCES


def test_directories_that_nothing_applies_leave_half_of_the_budget(monkeypatch):
    limit(monkeypatch, 400)
    texts = fleet(kustomization("web")) | {"apps/web/x.yaml": config_map("x")}
    repository = model(texts | overlays(50, "# fluxcd\n"))
    (cluster,) = repository.clusters
    assert cluster.is_whole
    assert {owner.who.name for owner in cluster.owners} == {"flux-system", "web"}
    assert not repository.is_whole
    (skipped,) = Run(repository, Selection(), ()).skipped
    assert skipped.subject == "."
    assert model(texts | overlays(5, "# fluxcd\n")).is_whole


def units_of(files, made):
    """Return the units as they are by building every directory."""
    directories = entries.directories(files.paths)
    payloads = {path: made.payload(path, Way.FLUX) for path in directories}
    inner = {
        path
        for directory, payload in payloads.items()
        for path in payload.directories
        if path != directory
    }
    for directory, payload in payloads.items():
        unit = entries.Unit(directory, payload.files, payload.resources)
        if directory not in inner and unit.objects:
            yield directory, payload.files, [item.label for item in payload.resources]


RELEASE = document("helm.toolkit.fluxcd.io/v2", "HelmRelease", "r", "d", spec={"chart": {"a": 1}})
NESTED = {
    "a/kustomization.yaml": "resources: [../b, c]\n",
    "b/kustomization.yaml": "resources: [r.yaml]\n",
    "b/r.yaml": RELEASE,
    "a/c/kustomization.yaml": "resources: [../../b]\n",
    "circle/kustomization.yaml": "resources: [../round, r.yaml]\n",
    "circle/r.yaml": RELEASE,
    "round/kustomization.yaml": "resources: [../circle]\n",
    "refused/kustomization.yaml": "resources: [../part, ../gone, ../b/r.yaml]\n",
    "part/kustomization.yaml": "kind: Component\nresources: [r.yaml]\n",
    "part/r.yaml": RELEASE,
    "patched/kustomization.yaml": "resources: [x.yaml]\npatches: [{path: p.yaml}]\n",
    "patched/x.yaml": config_map("x"),
    "patched/p.yaml": RELEASE,
    "unread/kustomization.yaml": "resources: {fluxcd: x}\n",
}
TREES = [
    NESTED,
    *(
        {
            path.relative_to(incident.before).as_posix(): path.read_text()
            for path in sorted(incident.before.rglob("*"))
            if path.is_file()
        }
        for incident in incidents()
    ),
]


@pytest.mark.parametrize("texts", TREES, ids=range(len(TREES)))
def test_units_are_those_of_all_builds(texts):
    files = files_of(texts)
    naive = list(units_of(files, Builds(files)))
    units = [
        (unit.directory, unit.files, [item.label for item in unit.resources])
        for unit in entries.find_units(files, Builds(files))
    ]
    assert units[: len(naive)] == naive


def deleting(number):
    """Return a repository whose Kustomizations delete all of what they would apply."""
    patch = {
        "target": {"kind": "ConfigMap"},
        "patch": "$patch: delete\nkind: x\nmetadata: {name: x}",
    }
    made = (kustomization(f"k{at}", "./big", patches=[patch]) for at in range(number))
    files = fleet(*made)
    files["big/manifests.yaml"] = "---\n".join(config_map(f"c{at}") for at in range(100))
    return files


def test_owners_whose_patches_delete_all_cost_what_they_look_at(monkeypatch):
    limit(monkeypatch, 400)
    repository = model(deleting(40))
    assert [cluster.is_whole for cluster in repository.clusters] == [False]
    monkeypatch.undo()
    repository = model(deleting(40))
    assert [cluster.is_whole for cluster in repository.clusters] == [True]


def test_owners_that_leave_all_out_cost_what_they_look_at(monkeypatch):
    """Argo CD never applies Events."""
    files = {}
    for at in range(20):
        spec = {
            "project": "default",
            "destination": {"server": "https://kubernetes.default.svc", "namespace": "x"},
            "source": {"repoURL": "https://git.example.com/a.git", "path": "big"},
        }
        made = document("argoproj.io/v1alpha1", "Application", f"a{at}", "argocd", spec=spec)
        files[f"apps/a{at}.yaml"] = made
    events = (document("v1", "Event", f"e{at}", "default") for at in range(50))
    files["big/manifests.yaml"] = "---\n".join(events)
    limit(monkeypatch, 500)
    assert [cluster.is_whole for cluster in model(files).clusters] == [False]


def applications(number):
    return {
        f"a{at}.yaml": document(
            "argoproj.io/v1alpha1",
            "Application",
            f"a{at}",
            "argocd",
            spec={"source": {"repoURL": f"https://git.example.com/{number}-{at}.git", "path": "x"}},
        )
        for at in range(number)
    }


def test_the_home_is_found_in_time_linear_in_the_urls():
    def work(number):
        files = files_of(applications(number))
        list(map(files.objects, files.manifests))
        return calls(lambda: assumed_home(files, "https://git.example.com/x.git"))

    work(20)
    assert work(400) < 6 * work(100)


@pytest.mark.parametrize(
    ("spelled", "home"),
    [
        (
            ("https://git.example.com/a.git", "git@git.example.com:A"),
            "https://git.example.com/a.git",
        ),
        (("https://git.example.com/a.git", "https://git.example.com/b"), ""),
        (("", ""), ""),
        (("oci://x", "oci://x"), "oci://x"),
    ],
)
def test_the_home_is_the_url_with_the_most_paths(spelled, home):
    texts = {"one/x.yaml": config_map("x"), "two/x.yaml": config_map("x")}
    for at, (url, path) in enumerate(zip(spelled, ("one", "two"), strict=True)):
        spec = {"source": {"repoURL": url, "path": path}}
        texts[f"a{at}.yaml"] = document("argoproj.io/v1alpha1", "Application", f"a{at}", spec=spec)
    assert assumed_home(files_of(texts), "") == home


def directories_of(number):
    items = [{"path": f"z{at}*"} for at in range(number)] + [{"path": "e/*"}]
    generator = {"git": {"repoURL": "https://git.example.com/a.git", "directories": items}}
    template = {
        "metadata": {"name": "{{path.basename}}"},
        "spec": {"source": {"repoURL": "https://git.example.com/a.git", "path": "{{path}}"}},
    }
    spec = {"generators": [generator], "template": template}
    made = document("argoproj.io/v1alpha1", "ApplicationSet", "s", "argocd", spec=spec)
    return {"s.yaml": made, "e/one/x.yaml": config_map("x"), "e/two/x.yaml": config_map("x")}


def test_patterns_of_generators_are_read_once_and_found_by_their_beginning():
    small, large = (
        calls(lambda number=number: model(directories_of(number))) for number in (500, 2_000)
    )
    assert large < 6 * small
    many = {f"f/{at}/x": "" for at in range(1_000)}
    (cluster,) = model(directories_of(2_000) | many).clusters
    assert {"one", "two"} <= {owner.who.name for owner in cluster.owners}


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("kustomisation.yaml", "Write web.yaml."),
        ("webb.yaml", 'Did you mean "web.yaml"?'),
        ("../bose", "Write other."),
        ("../othr", 'Did you mean "other"?'),
    ],
)
def test_no_kustomization_is_advised_to_take_in_itself(entry, expected):
    texts = {
        "base/kustomization.yaml": json.dumps({"resources": [entry]}),
        "base/web.yaml": config_map("web"),
        "other/x.yaml": config_map("x"),
    }
    (fault,) = Builds(files_of(texts)).payload("base", Way.FLUX).faults
    assert fault.expected == expected
