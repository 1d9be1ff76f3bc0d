"""Payloads that exist: directories that bundles apply as they are, here or elsewhere."""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml

from kure_hooks import config
from kure_hooks.errors import InputError
from kure_hooks.files.memory import MemoryTree
from kure_hooks.files.tree import WorkTree
from kure_hooks.gitops.clusters import read_repository
from kure_hooks.lint.running import run
from kure_hooks.operations.compile import Request, generate_stack
from kure_hooks.operations.fleet import generate as fleet_of
from tests.support.clusters import ARGO_CD
from tests.support.generate import (
    REPOSITORY,
    UNJUDGED,
    application,
    bundle,
    generated,
    leaf,
    node,
    objects,
    tree,
)
from tests.support.git import git, write
from tests.support.releases import fleet
from tests.support.tools import tool

ENGINES = ("flux", "argocd")
ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "golden" / "payloads"
HEAD = "apiVersion: apps/v1\nkind: Deployment\n"
WEB = {
    "apps/web/kustomization.yaml": "namespace: web\nresources: [web.yaml, namespace.yaml]\n",
    "apps/web/web.yaml": f"{HEAD}metadata: {{name: web}}\n",
    "apps/web/namespace.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: web}\n",
}
PLAIN = {"apps/plain/plain.yaml": f"{HEAD}metadata: {{name: plain}}\n"}
OWN = {"bootstrap": {"sourceURL": REPOSITORY, "sourceRef": "main"}}
OTHER = {
    "kind": "GitRepository",
    "name": "apps",
    "url": "https://example.com/apps.git",
    "branch": "main",
}


def payload(name, path, *children, **fields):
    """Return a node with a bundle that has a payload."""
    below = {"children": list(children)} if children else {}
    return {"name": name, "bundle": {"name": name, "payload": {"path": path}, **below, **fields}}


def owner(engine, *nodes, name="web", files=WEB, **options):
    kind = "Kustomization" if engine == "flux" else "Application"
    found = objects(node("prod", *nodes), engine=engine, files=files, **options)
    return found[f"{kind}/{name}"]


def path_of(engine, *nodes, **options):
    spec = owner(engine, *nodes, **options)["spec"]
    return spec["path"] if engine == "flux" else spec["source"]["path"]


def refused(engine, *nodes, files=WEB, **options):
    with pytest.raises(InputError) as caught:
        tree(node("prod", *nodes), engine=engine, files=files, **options)
    return [
        f"{finding.at.line}: {finding.key}: {finding.message}" for finding in caught.value.findings
    ]


@pytest.mark.parametrize("written", ["apps/web", "./apps/web", "apps/web/", "apps//./web/"])
def test_the_object_names_the_directory_in_the_form_of_its_tool(written):
    assert path_of("flux", payload("web", written)) == "./apps/web"
    assert path_of("argocd", payload("web", written)) == "apps/web"


@pytest.mark.parametrize("engine", ENGINES)
def test_nothing_is_written_for_it(engine):
    files = tree(node("prod", payload("web", "apps/web")), engine=engine, files=WEB)
    assert [path for path in files if path.startswith("web")] == []
    assert not any(path.startswith("apps/") for path in files)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_root_of_another_source_is_a_payload(engine):
    found = path_of(engine, payload("web", ".", sourceRef=OTHER), gitops=OWN)
    assert found == ("./" if engine == "flux" else ".")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_payload_elsewhere_is_taken_as_said(engine):
    placed = payload("web", "datacatalog/overlays/prod", sourceRef=OTHER)
    assert path_of(engine, placed, gitops=OWN).endswith("datacatalog/overlays/prod")


@pytest.mark.parametrize(
    "source",
    [
        {"kind": "ExternalArtifact", "name": "apps"},
        {"kind": "Bucket", "name": "apps", "bucketName": "apps", "endpoint": "minio.example.com"},
        {"kind": "GitRepository", "name": "apps"},
    ],
    ids=lambda source: source["kind"],
)
def test_sources_that_only_flux_has_are_taken_as_said(source):
    assert path_of("flux", payload("web", "x/y", sourceRef=source), gitops=OWN) == "./x/y"


def test_another_revision_of_this_repository_is_not_looked_at():
    pinned = {"kind": "GitRepository", "name": "release", "url": REPOSITORY, "tag": "v1"}
    assert path_of("flux", payload("web", "old/web", sourceRef=pinned), gitops=OWN) == "./old/web"
    (found,) = refused("flux", payload("web", "old/web", sourceRef=pinned | {"tag": ""}))[:1] or [
        ""
    ]
    assert "tag" in found or "does not exist" in found


@pytest.mark.parametrize("engine", ENGINES)
def test_this_repository_under_another_url_is_looked_at(engine):
    own = {
        "kind": "GitRepository",
        "name": "x",
        "url": "ssh://git@example.com/fleet",
        "branch": "main",
    }
    (said,) = refused(engine, payload("web", "apps/wbe", sourceRef=own), gitops=OWN)
    assert said.endswith(
        "node.children[0].bundle.payload.path: payload apps/wbe of bundle web does not exist. "
        'Did you mean "apps/web"?'
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_files_for_a_source_elsewhere_are_refused(engine):
    (said,) = refused(engine, leaf("web", sourceRef=OTHER), gitops=OWN)
    assert "its files are written to clusters/prod/web here. Add payload: {path: DIRECTORY}" in said


FAULTY = {
    "missing": ("apps/none", "does not exist"),
    "a file": ("apps/web/web.yaml", "is a file"),
    "inside": ("clusters/prod/apps", "is inside clusters/prod"),
    "the root": (".", "holds clusters/prod"),
    "above": ("clusters", "holds clusters/prod"),
    "no YAML": ("broken", "does not build: "),
    "no object": ("nothing", "does not build: "),
    "a resource that is not there": ("lost", "does not build: gone.yaml does not exist"),
    "a component": ("part", "is of kind Component"),
}
BAD = {
    "broken/kustomization.yaml": "resources: [a.yaml]\n",
    "broken/a.yaml": "a: [\n",
    "nothing/a.yaml": "a: b\n",
    "lost/kustomization.yaml": "resources: [gone.yaml]\n",
    "part/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
    "labels: [{pairs: {a: b}}]\n",
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("case", FAULTY)
def test_a_payload_here_exists_builds_and_is_no_generated_tree(engine, case):
    path, problem = FAULTY[case]
    (said,) = refused(engine, payload("web", path), files=WEB | BAD)
    assert problem in said
    assert "bundle.payload.path" in said


@pytest.mark.parametrize(
    "path",
    ["/apps/web", "../apps", "apps/../../x", "", "a/" * 500, "a\0b", ".git/hooks", "x/.GIT/y"],
)
def test_a_path_stays_in_its_source(path):
    (said,) = refused("flux", payload("web", path))
    assert "payload.path" in said


OUTSIDE = {
    "base/a.yaml": f"{HEAD}metadata: {{name: a}}\n",
    "apps/out/kustomization.yaml": "resources: [../../base/a.yaml]\n",
}


def test_each_tool_builds_by_its_own_restrictions(tmp_path):
    write(tmp_path, OUTSIDE)
    command = [tool("kustomize"), "build", str(tmp_path / "apps/out")]
    assert subprocess.run(command, capture_output=True, check=False).returncode
    free = [*command, "--load-restrictor", "LoadRestrictionsNone"]
    assert not subprocess.run(free, capture_output=True, check=False).returncode
    assert path_of("flux", payload("web", "apps/out"), files=OUTSIDE) == "./apps/out"
    (said,) = refused("argocd", payload("web", "apps/out"), files=OUTSIDE)
    assert "../../base/a.yaml is outside of the directory" in said


@pytest.mark.parametrize(
    "text",
    [
        f"{HEAD}metadata: {{name: '${{APP}}-web'}}\n",
        "# nothing\n",
        "apiVersion: v1\nkind: List\nitems: []\n",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nsops: {}\n",
    ],
)
@pytest.mark.parametrize("engine", ENGINES)
def test_what_the_tools_build_is_no_fault(engine, text):
    found = path_of(engine, payload("web", "apps/x"), files={"apps/x/a.yaml": text})
    assert found.endswith("apps/x")


@pytest.mark.parametrize("engine", ENGINES)
def test_applications_beside_a_payload_are_refused(engine):
    (said,) = refused(engine, payload("web", "apps/web", applications=[application("extra")]))
    assert "bundle.payload: bundle web has both a payload and applications" in said


@pytest.mark.parametrize("engine", ENGINES)
def test_two_bundles_do_not_apply_the_same_directory(engine):
    (said,) = refused(engine, payload("web", "apps/web"), payload("more", "./apps/web"))
    assert "payload apps/web is already applied by bundle web" in said
    assert "children[1]" in said


def test_two_bundles_may_apply_one_directory_to_two_namespaces():
    path_of("flux", payload("web", "apps/web"), payload("two", "apps/web", targetNamespace="two"))


ALL = WEB | {"apps/kustomization.yaml": "resources: [web]\n"}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_directory_inside_of_another_one_is_refused_where_that_takes_it_in(engine):
    (said,) = refused(engine, payload("all", "apps"), payload("web", "apps/web"), files=ALL)
    assert "payload apps/web is in apps, which bundle all applies" in said
    alone = ALL | PLAIN | {"apps/kustomization.yaml": "resources: [plain/plain.yaml]\n"}
    path_of(engine, payload("all", "apps"), payload("web", "apps/web"), files=alone)


def test_flux_takes_in_all_below_and_argo_cd_does_not():
    files = WEB | {"apps/top.yaml": PLAIN["apps/plain/plain.yaml"]}
    (said,) = refused("flux", payload("all", "apps"), payload("web", "apps/web"), files=files)
    assert "is in apps" in said
    path_of("argocd", payload("all", "apps"), payload("web", "apps/web"), files=files)
    deep = {"argocd": {"directory": {"recurse": True}}}
    found = owner("argocd", payload("web", "apps", **deep), files=PLAIN)
    assert found["spec"]["source"] == {
        "repoURL": REPOSITORY,
        "path": "apps",
        "targetRevision": "HEAD",
        "directory": {"recurse": True},
    }


def test_a_directory_without_manifests_of_its_own_is_nothing_for_argo_cd():
    (said,) = refused("argocd", payload("web", "apps"))
    assert "argocd.directory.recurse" in said


def test_a_chart_is_a_payload_for_argo_cd():
    files = {"chart/Chart.yaml": "name: chart\n", "chart/templates/a.yaml": "{{ x }}\n"}
    helm = {"releaseName": "web", "valueFiles": ["values.yaml"]}
    found = owner("argocd", payload("web", "chart", argocd={"helm": helm}), files=files)
    assert found["spec"]["source"]["helm"] == helm
    made = objects(node("prod", payload("web", "chart")), engine="argocd", files=files)
    assert {"group": "*", "kind": "*"} in made["AppProject/prod"]["spec"][
        "clusterResourceWhitelist"
    ]
    (said,) = refused("flux", payload("web", "chart"), files=files)
    assert "does not build" in said


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"postBuild": {"substitute": {"a": "b"}}}, "nothing like postBuild"),
        ({"commonMetadata": {"labels": {"a": "b"}}}, "nothing like commonMetadata"),
        ({"argocd": {"force": True}}, "nothing like argocd.force"),
        ({"argocd": {"directory": {"recurse": True}}}, "is for kustomize"),
        ({"argocd": {"helm": {"releaseName": "a"}}}, "has no Chart.yaml"),
    ],
)
def test_what_argo_cd_can_not_do_to_files_that_exist_is_refused(fields, problem):
    assert problem in " ".join(refused("argocd", payload("web", "apps/web", **fields)))


def test_options_of_kustomize_need_a_kustomization():
    placed = payload("web", "apps/plain", targetNamespace="x")
    (said,) = refused("argocd", placed, files=PLAIN)
    assert "has no kustomization.yaml, which other keys of the bundle need" in said
    assert path_of("flux", placed, files=PLAIN) == "./apps/plain"


def test_sources_are_built_in_one_way():
    both = payload(
        "web", "x", sourceRef=OTHER, namePrefix="a-", argocd={"helm": {"releaseName": "a"}}
    )
    (said,) = refused("argocd", both, gitops=OWN | {"argocd": {"repoURL": REPOSITORY}})
    assert "bundle web has argocd.helm beside namePrefix" in said
    (said,) = refused("argocd", leaf("web", argocd={"directory": {"recurse": True}}))
    assert "its files are built by kustomize" in said


def test_resource_waves_are_not_written_into_a_payload():
    gitops = {"argocd": {"repoURL": REPOSITORY, "ordering": "resource-waves"}}
    placed = payload("web", "apps/web", bundle("child", application("child")))
    (said,) = refused("argocd", placed, gitops=gitops)
    assert "the objects in the payload of bundle web can't get a wave" in said
    tree(node("prod", payload("web", "apps/web")), engine="argocd", files=WEB, gitops=gitops)


def test_the_project_permits_the_objects_of_a_payload_and_no_others():
    found = objects(node("prod", payload("web", "apps/web")), engine="argocd", files=WEB)
    spec = found["AppProject/prod"]["spec"]
    server = "https://kubernetes.default.svc"
    assert {"server": server, "namespace": "web"} in spec["destinations"]
    assert spec["clusterResourceWhitelist"] == [{"group": "", "kind": "Namespace"}]


def test_the_project_permits_everything_of_a_payload_elsewhere():
    placed = payload("web", "x", sourceRef=OTHER)
    gitops = OWN | {"argocd": {"repoURL": REPOSITORY}}
    spec = objects(node("prod", placed), engine="argocd", gitops=gitops)["AppProject/prod"]["spec"]
    server = "https://kubernetes.default.svc"
    assert {"server": server, "namespace": "*"} in spec["destinations"]
    assert {"group": "*", "kind": "*"} in spec["clusterResourceWhitelist"]


def said_by(*nodes, files=WEB, **options):
    """Return the warnings about a cluster of Flux."""
    stack = {"name": "prod", "gitops": {"type": "flux"}, "node": node("prod", *nodes), **options}
    found = generated({"stacks/prod.yaml": yaml.safe_dump(stack), **files})
    return [finding.problem for finding in found.warnings]


def test_a_namespace_that_a_payload_makes_is_made():
    placed = application("x", namespace="web")
    assert said_by(leaf("x", placed))
    assert said_by(leaf("x", placed), payload("web", "apps/web")) == []


@pytest.mark.parametrize("placement", ["separate", "integrated", "integrated-per-bundle"])
def test_an_umbrella_with_a_payload_checks_its_children_and_its_own_workloads(placement):
    files = WEB | {"apps/web/kustomization.yaml": "resources: [web.yaml]\n"}
    placed = payload("web", "apps/web", bundle("child", application("child")))
    found = objects(node("prod", placed), files=files, layout={"fluxPlacement": placement})
    checks = found["Kustomization/web"]["spec"]["healthChecks"]
    assert [(check["kind"], check["name"]) for check in checks] == [
        ("Kustomization", "child"),
        ("Deployment", "web"),
    ]


def test_an_umbrella_that_can_not_check_its_payload_says_so():
    source = OTHER | {"name": "other"}
    kept = bundle(
        "child",
        application("child", namespace="default"),
        sourceRef={"kind": "GitRepository", "name": "flux-system"},
    )
    placed = payload("web", "x", kept, sourceRef=source)
    assert said_by(placed) == ["umbrella web is ready before the objects of its own payload are"]
    checks = [{"apiVersion": "apps/v1", "kind": "Deployment", "name": "a", "namespace": "b"}]
    assert said_by(payload("web", "x", kept, sourceRef=source, healthChecks=checks)) == []


@pytest.mark.parametrize("placement", ["integrated", "integrated-per-bundle"])
@pytest.mark.parametrize("wait", [True, False])
def test_no_object_is_put_into_a_payload(placement, wait):
    inner = {**payload("web", "apps/web"), "children": [leaf("below", application("below"))]}
    outer = {**leaf("outer", application("outer"), wait=wait), "children": [inner]}
    files = tree(node("prod", outer), files=WEB, layout={"fluxPlacement": placement})
    for name in ("web", "below"):
        (path,) = [path for path in files if path.endswith(f"kustomization-{name}.yaml")]
        assert path.startswith("outer/"), path


@pytest.mark.parametrize("engine", ENGINES)
def test_several_clusters_share_a_payload(engine):
    gitops = {"type": engine} | ({} if engine == "flux" else {"argocd": {"repoURL": REPOSITORY}})
    stacks = {
        f"stacks/{name}.yaml": yaml.safe_dump(
            {"name": name, "gitops": gitops, "node": node("root", payload("web", "apps/web"))}
        )
        for name in ("one", "two")
    }
    found = generated(stacks | WEB)
    assert {path.split("/")[1] for path in found.files} == {"one", "two"}


@pytest.mark.parametrize("engine", ENGINES)
def test_its_files_are_read_for_the_bundle(engine):
    gitops = {"type": engine} | ({} if engine == "flux" else {"argocd": {"repoURL": REPOSITORY}})
    stack = {"name": "prod", "gitops": gitops, "node": node("prod", payload("web", "apps/web"))}
    found = generated({"stacks/prod.yaml": yaml.safe_dump(stack), **WEB})
    assert set(WEB) in [set(paths) for paths in found.reads.values()]


@pytest.mark.parametrize("engine", ENGINES)
def test_the_golden_tree_of_directories_that_exist(engine, update_golden):
    taken = {"name": "plain", "kind": "Kustomize", "spec": {"path": "../lib"}}
    nodes = (
        payload("web", "apps/web", bundle("below", application("below")), interval="5m"),
        payload("catalog", "catalog/prod", sourceRef=OTHER, dependsOn=["web"]),
        leaf("lib", taken, application("more"), labels={"team": "shop"}),
    )
    gitops = OWN | {"argocd": {"healthConfigured": True, "targetRevision": "main"}}
    lib = {"lib/kustomization.yaml": "resources: [plain.yaml]\n", "lib/plain.yaml": HEAD}
    lib["lib/plain.yaml"] += "metadata: {name: plain, namespace: web}\n"
    found = tree(node("prod", *nodes), engine=engine, gitops=gitops, files=WEB | lib)
    golden = GOLDEN / engine
    if update_golden:
        write(golden, found)
    assert found == {
        path.relative_to(golden).as_posix(): path.read_text()
        for path in golden.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("placement", ["separate", "integrated", "integrated-per-bundle"])
def test_patches_of_a_bundle_reach_what_an_overlay_takes_in(placement):
    taken = {"name": "app", "kind": "Kustomize", "spec": {"path": "../apps/web"}}
    patch = f"{HEAD}metadata: {{name: web, namespace: web}}\nspec: {{replicas: 2}}\n"
    placed = leaf("shop", taken, application("more"), patches=[{"patch": patch}])
    found = objects(node("prod", placed), files=WEB, layout={"fluxPlacement": placement})
    name = "shop-app" if placement == "integrated" else "shop"
    assert found[f"Kustomization/{name}"]["spec"]["patches"] == [{"patch": patch}]


def test_autopilot_syncs_the_payload_itself():
    files = WEB | {"vendor/argocd.yaml": yaml.safe_dump_all(ARGO_CD)}
    bootstrap = {"argoCDMode": "autopilot", "manifests": "vendor/argocd.yaml"}
    made = fleet(bootstrap, files, node("prod", payload("web", "apps/web")), type="argocd").files
    found = {path.removeprefix("clusters/prod/"): data for path, data in made.items()}
    assert b"path: apps/web\n" in found["projects/prod.yaml"]
    assert not any(path.startswith("apps/") for path in found)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("value", ["apps/web", {}, {"path": ""}, {"path": 5}, {"pth": "apps/web"}])
def test_a_payload_is_a_mapping_with_a_path(engine, value):
    placed = {"name": "web", "bundle": {"name": "web", "payload": value}}
    (said, *_) = refused(engine, placed)
    assert "bundle.payload" in said


def test_the_convention_of_directories_leaves_a_payload_alone():
    beside = yaml.safe_dump(
        {
            "apiVersion": "generators.gokure.dev/v1alpha1",
            "kind": "Manifests",
            "metadata": {"name": "extra"},
            "spec": {"objects": []},
        }
    )
    found = path_of("flux", payload("web", "apps/web"), files=WEB | {"stacks/web/a.yaml": beside})
    assert found == "./apps/web"


LOOPS = {
    "one/kustomization.yaml": "resources: [../two]\n",
    "two/kustomization.yaml": "resources: [../one]\n",
    "own/kustomization.yaml": "resources: [.]\n",
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("path", ["one", "own"])
def test_directories_that_take_each_other_in_are_refused(engine, path):
    (said,) = refused(engine, payload("web", path), files=LOOPS)
    assert "takes itself in" in said or "holds the directory itself" in said


@pytest.mark.parametrize(
    "remote",
    [
        "https://github.com/acme/apps//base?ref=v1",
        "github.com/acme/apps//base",
        "git@github.com:acme/apps.git//base?ref=v1",
        "https://raw.githubusercontent.com/acme/apps/main/a.yaml",
    ],
)
@pytest.mark.parametrize("engine", ENGINES)
def test_what_comes_from_a_network_is_not_looked_at(engine, remote):
    files = {"apps/x/kustomization.yaml": f"resources: ['{remote}']\n"}
    assert path_of(engine, payload("web", "apps/x"), files=files).endswith("apps/x")
    if engine == "argocd":
        found = objects(node("prod", payload("web", "apps/x")), engine=engine, files=files)
        kinds = found["AppProject/prod"]["spec"]["clusterResourceWhitelist"]
        assert {"group": "*", "kind": "*"} in kinds


def test_a_payload_that_a_link_leads_to_is_not_one(tmp_path):
    write(
        tmp_path,
        WEB
        | {
            "stacks/prod.yaml": yaml.safe_dump(
                {
                    "name": "prod",
                    "gitops": {"type": "flux"},
                    "node": node("prod", payload("web", "link")),
                }
            )
        },
    )
    (tmp_path / "link").symlink_to("apps/web")
    tree_of_files = WorkTree(tmp_path)
    with pytest.raises(InputError) as caught:
        fleet_of(tree_of_files, config.load(tree_of_files), (), 1)
    assert "payload link of bundle web is a file" in str(caught.value)


def blocks(text):
    return [part.partition("```")[0] for part in text.split("```yaml\n")[1:]]


OPERATOR = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: operator}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: operator}
"""


@pytest.mark.parametrize("engine", ENGINES)
def test_the_page_about_payloads_says_what_works(engine):
    """docs/payloads.md: its bundles and applications are generated as they stand there."""
    here, elsewhere, app, more, vendor = blocks((ROOT / "docs/payloads.md").read_text())
    one, two = (yaml.safe_load(text)["bundle"] for text in (here, elsewhere))
    lib = bundle("lib") | {
        "applications": [
            {"path": f"../apps/{name}.yaml"} for name in ("podinfo", "podinfo-more", "vendor")
        ]
    }
    base = "resources: [web.yaml]\n"
    files = {
        "apps/podinfo.yaml": app,
        "apps/podinfo-more.yaml": more,
        "apps/vendor.yaml": vendor,
        "apps/settings/prod.env": "a=b",
        "apps/settings/banner.txt": "hello",
        "vendor/operator/operator.yaml": OPERATOR,
        "apps/podinfo/overlays/prod/kustomization.yaml": base,
        "apps/podinfo/overlays/prod/web.yaml": WEB["apps/web/web.yaml"],
        "components/tls/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\n"
        "kind: Component\nlabels: [{pairs: {a: b}}]\n",
    }
    ingress = leaf("ingress", application("ingress"))
    nodes = [{"name": each["name"], "bundle": each} for each in (one, two, lib)]
    found = tree(node("prod", ingress, *nodes), engine=engine, gitops=OWN, files=files)
    assert "../../../../apps/podinfo/overlays/prod" in found["lib/podinfo/kustomization.yaml"]
    assert "behavior: merge" in found["lib/podinfo-more/kustomization.yaml"]
    assert "mirror.example.com/operator" in found["lib/vendor/kustomization.yaml"]


@pytest.mark.parametrize("path", ["catalog/prod", "catalog/prd"])
def test_lint_looks_at_a_payload_elsewhere_where_a_checkout_of_it_is_given(path, tmp_path):
    texts = {"gitops": {"type": "flux", **OWN}, "name": "prod"}
    texts["node"] = node("prod", payload("catalog", path, sourceRef=OTHER))
    files = generated({"stacks/prod.yaml": yaml.safe_dump(texts)}).files
    checkout = tmp_path / "apps"
    write(checkout, {"catalog/prod/a.yaml": WEB["apps/web/namespace.yaml"]})
    repository = read_repository(
        MemoryTree(dict(files)), origin=REPOSITORY, maps={OTHER["url"]: checkout}
    )
    errors = [finding for finding in run(repository) if finding.severity == "error"]
    assert [error.rule for error in errors] == ([] if path == "catalog/prod" else ["FX001"])
    assert all(error.expected.startswith('Did you mean "catalog/prod"?') for error in errors)


@pytest.mark.parametrize("path", ["third", "third/k", "apps/x"])
def test_a_submodule_is_another_repository(path, tmp_path):
    other, own = tmp_path / "other", tmp_path / "own"
    write(other, {"k/kustomization.yaml": "resources: [gone.yaml]\n"})
    for command in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "all")):
        git(other, *command)
    stack = {"name": "prod", "gitops": {"type": "flux"}, "node": node("n", payload("web", path))}
    stack["node"]["name"] = "prod"
    texts = {"stacks/prod.yaml": yaml.safe_dump(stack), ".kure-hooks.yaml": UNJUDGED}
    texts["apps/x/kustomization.yaml"] = "resources: [../../third/k]\n"
    write(own, texts)
    git(own, "init", "-q")
    git(own, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(other), "third")
    command = [sys.executable, "-m", "kure_hooks", "generate", "--root", str(own)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    made = own / "clusters/prod/flux-system/flux-system-kustomization-web.yaml"
    assert f"path: ./{path}\n" in made.read_text()


def test_only_the_directories_that_matter_are_inputs():
    stack = {"name": "prod", "gitops": {"type": "flux"}}
    stack["node"] = node("prod", payload("web", "apps/web"))
    files = {"stacks/prod.yaml": yaml.safe_dump(stack), **WEB}
    with TemporaryDirectory() as directory:
        write(Path(directory), files)
        request = Request(WorkTree(Path(directory)), config.Settings(), "stacks/prod.yaml")
        inputs = generate_stack(request).inputs
    assert not {"", "apps"} & set(inputs.listed)
    assert set(WEB) <= set(inputs.files)
