"""Files that source-controller leaves out of the artifacts of Flux's sources."""

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kure_hooks.engines.artifacts import MOST_CHARACTERS
from tests.support.counting import calls
from tests.support.linting import SYNC, config_map, document, fleet, kustomization, model
from tests.support.linting import lint as findings

IGNORE = ".sourceignore"
BOTH = {"apps/web/a.yaml": config_map("a"), "apps/web/b.yaml": config_map("b")}
LISTED = BOTH | {"apps/web/kustomization.yaml": "resources: [a.yaml, b.yaml]\n"}


def tree(*documents, **files):
    return fleet(*(documents or [kustomization("site", "./apps/web")])) | files


def applied(files):
    """Return what each owner applies, the faults of its builds, and what is not known."""
    (cluster,) = model(files).clusters
    return {
        owner.who.name: [
            *(item.name for item in owner.resources),
            *(fault.problem for payload in owner.payloads for fault in payload.faults),
            *owner.elsewhere,
        ]
        for owner in cluster.owners
    }


def lint(files, rule):
    """Return the findings of a rule as sentences, each with its severity."""
    return [f"{found.severity} {found}" for found in findings(files, rule)]


def with_ignore(text, sync=SYNC):
    """Return the bootstrap of a cluster whose own source ignores something."""
    source, rest = yaml.safe_load_all(sync)
    source["spec"]["ignore"] = text
    return {"clusters/prod/flux-system/gotk-sync.yaml": yaml.safe_dump_all([source, rest])}


def test_a_file_of_a_directory_without_a_file_of_kustomize_s_is_not_there():
    assert applied(tree(**BOTH))["site"] == ["a", "b"]
    assert applied(tree(**BOTH, **{IGNORE: "b.yaml\n"}))["site"] == ["a"]
    assert applied(tree(**BOTH, **{"apps/.sourceignore": "/web/b.yaml\n"}))["site"] == ["a"]
    assert applied(tree(**BOTH, **{"docs/.sourceignore": "b.yaml\n"}))["site"] == ["a", "b"]
    assert applied(tree(**BOTH) | with_ignore("a.yaml"))["site"] == ["b"]
    files = tree(**BOTH, **{IGNORE: "*.yaml\n!clusters/\n!b.yaml\n"})
    assert applied(files)["site"] == ["b"]


def test_flux_leaves_files_out_by_itself_unless_somebody_says_more():
    usual = {".github/a.yaml": config_map("ci"), "appveyor.yml": config_map("vm")}
    root = [kustomization("all", "./")]
    files = {path: text for path, text in tree(*root, **usual).items() if "clusters" in path}
    assert applied(files | usual | BOTH)["all"][:3] == ["a", "b", "all"]
    assert "ci" in applied(files | usual | {IGNORE: "docs/\n"})["all"]
    assert "ci" in applied(files | usual | with_ignore("docs/\n"))["all"]


def test_kustomize_can_t_build_what_is_left_out():
    (fault,) = lint(tree(**LISTED, **{IGNORE: "# no b\nb.yaml\n"}), "KZ001")
    assert fault == (
        "error apps/web/kustomization.yaml:1:21: resources[1]: kustomize can't build this: b.yaml "
        "is not in the artifact of the source: the pattern b.yaml at .sourceignore:2:1 leaves it "
        "out. Write the line `!/apps/web/b.yaml` behind .sourceignore:2:1, or take the entry out."
    )
    (fault,) = lint(tree(**LISTED) | with_ignore("b.yaml\n"), "KZ001")
    assert "the pattern b.yaml of `ignore` of the source leaves it out" in fault
    assert "`!/apps/web/b.yaml` at the end of `ignore` of the source" in fault
    files = LISTED | {"apps/web/kustomization.yaml": "resources: [appveyor.yml]\n"}
    (fault,) = lint(tree(**files, **{"apps/web/appveyor.yml": config_map("c")}), "KZ001")
    assert "the pattern appveyor.yml of Flux itself leaves it out" in fault
    assert "`!/apps/web/appveyor.yml` at the end of .sourceignore" in fault


def test_a_base_that_is_left_out_is_told_as_one():
    files = {
        "apps/web/kustomization.yaml": "resources: [../../base]\n",
        "base/kustomization.yaml": "resources: [a.yaml]\n",
        "base/a.yaml": config_map("a"),
    }
    (fault,) = lint(tree(**files, **{IGNORE: "/base/\n"}), "KZ001")
    assert "../../base is not in the artifact of the source: the pattern /base/" in fault
    assert "Write the line `!/base/` behind .sourceignore:1:1" in fault


def test_a_path_whose_files_are_all_left_out():
    (fault,) = lint(tree(**BOTH, **{IGNORE: "/apps/\n"}), "FX001")
    assert fault == (
        "error clusters/prod/site.yaml:8:3: Kustomization site: spec.path: the artifact of the "
        "source has no file of ./apps/web: the pattern /apps/ at .sourceignore:1:1 leaves them "
        "out. Write the line `!/apps/web/` behind .sourceignore:1:1, or correct the path."
    )
    assert lint(tree(**BOTH, **{IGNORE: "/apps/\n!/apps/web/\n"}), "FX001") == []
    assert lint(tree(**BOTH, **{IGNORE: "b.yaml\n"}), "FX001") == []


def test_a_kustomization_in_a_file_that_is_left_out_is_not_applied():
    files = tree(kustomization("web"), kustomization("api"), **{IGNORE: "api.yaml\n"})
    (fault,) = lint(files, "FX012")
    assert fault == (
        "info clusters/prod/api.yaml:4:3: Kustomization api: metadata.name: nothing applies "
        "Kustomization flux-system/api: the pattern api.yaml at .sourceignore:1:1 leaves its file "
        "out of the artifact of the source. Write the line `!/clusters/prod/api.yaml` behind "
        ".sourceignore:1:1, or delete the file."
    )
    files["clusters/prod/appveyor.yml"] = files.pop("clusters/prod/api.yaml")
    del files[IGNORE]
    (fault,) = lint(files, "FX012")
    assert fault.startswith("error clusters/prod/appveyor.yml")
    depends = kustomization("web", dependsOn=[{"name": "api"}])
    files = tree(depends, kustomization("api"), **{IGNORE: "api.yaml\n"})
    (fault,) = lint(files, "FX003")
    assert fault.startswith("error clusters/prod/web.yaml")


def test_each_source_leaves_out_its_own():
    source = {"url": "https://git.example.com/acme/fleet.git", "ignore": "b.yaml"}
    other = document(
        "source.toolkit.fluxcd.io/v1", "GitRepository", "other", "flux-system", spec=source
    )
    of_other = {"kind": "GitRepository", "name": "other"}
    one = kustomization("one", "./apps/web")
    two = kustomization("two", "./apps/web", sourceRef=of_other)
    found = applied(tree(one, two, **BOTH) | {"clusters/prod/source.yaml": other})
    assert (found["one"], found["two"]) == (["a", "b"], ["a"])


def test_fields_of_a_kustomization_change_what_is_left():
    fields = {"targetNamespace": "elsewhere"}
    web = kustomization("site", "./apps/web", **fields)
    (cluster,) = model(tree(web, **BOTH, **{IGNORE: "b.yaml\n"})).clusters
    (owner,) = (owner for owner in cluster.owners if owner.who.name == "site")
    assert [(item.name, item.who.namespace) for item in owner.resources] == [("a", "elsewhere")]


def test_argo_cd_reads_what_flux_leaves_out():
    spec = {
        "source": {"repoURL": "https://git.example.com/acme/fleet.git", "path": "apps/web"},
        "destination": {"name": "in-cluster"},
        "project": "default",
    }
    files = {
        "web.yaml": document("argoproj.io/v1alpha1", "Application", "web", "argocd", spec=spec)
    }
    (cluster,) = model(files | BOTH | {IGNORE: "b.yaml\n"}).clusters
    assert [item.name for owner in cluster.owners for item in owner.resources] == ["a", "b"]


def test_too_many_patterns_are_not_followed():
    many = "".join(f"a{number}\n" for number in range(MOST_CHARACTERS // 2))
    clusters = model(tree(**BOTH, **{IGNORE: f"{many}b.yaml\n"})).clusters
    assert not any(cluster.is_certain for cluster in clusters)
    (cluster,) = (cluster for cluster in clusters if not cluster.is_whole)
    (owner,) = cluster.owners
    assert owner.elsewhere == ("has a source with too many patterns of what it ignores",)


def test_a_deep_directory_is_as_good_as_another():
    deep = "/".join(["d"] * 900)
    files = tree(
        **BOTH, **{f"{deep}/b.yaml": "", f"{deep}/{IGNORE}": "!b.yaml\n", IGNORE: "b.yaml"}
    )
    assert list(model(files).left_out("apps/web/b.yaml").patterns) == ["apps/web/b.yaml"]


def test_many_patterns_take_no_more_than_their_share():
    def work(patterns, files):
        text = "".join(f"a*{number}*b\n" for number in range(patterns))
        paths = {f"docs/aaaa{number}": "" for number in range(files)}
        return calls(lambda: applied(tree(**BOTH, **{IGNORE: text}, **paths)))

    work(1, 1)
    few, more = work(100, 100), work(400, 100)
    assert more < few * 4 * 1.3
    few, more = work(100, 100), work(100, 400)
    assert more < few * 4 * 1.3


PATHS = ("apps/a.yaml", "apps/web/b.yaml", "apps/web/c.yaml", "apps/web/deep/d.yaml")
NAMES = ("a.yaml", "b*", "/apps/web/", "web", "!c.yaml", "**/d.yaml", "deep/", "!/apps", "*.yaml")


@settings(max_examples=60, deadline=None)
@given(
    patterns=st.lists(st.sampled_from(NAMES), min_size=1, max_size=4),
    listed=st.lists(st.sampled_from(PATHS), unique=True),
)
def test_what_is_left_out_is_as_if_it_were_not_there(patterns, listed):
    files = {path: config_map(path.replace("/", "-")[:-5]) for path in PATHS}
    if listed:
        names = [path.removeprefix("apps/") for path in listed]
        files["apps/kustomization.yaml"] = yaml.safe_dump({"resources": names})
    sync = {"clusters/prod/flux-system/gotk-sync.yaml": SYNC}
    all_files = sync | {"clusters/prod/all.yaml": kustomization("all", "./apps")} | files
    ignore = "".join(f"{pattern}\n" for pattern in (*patterns, "!/clusters/"))
    whole = model(all_files | {IGNORE: ignore})
    (cluster,) = whole.clusters
    lacks = {path for path in all_files if whole.left_out(path)}
    (less,) = model({path: text for path, text in all_files.items() if path not in lacks}).clusters
    assert [item.label for _, item in cluster.resources()] == [
        item.label for _, item in less.resources()
    ]
    faults = [
        [
            fault.at
            for owner in each.owners
            for payload in owner.payloads
            for fault in payload.faults
        ]
        for each in (cluster, less)
    ]
    assert faults[0] == faults[1]
