"""An installed package adds an engine and an application kind, and a checkout adds nothing."""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest
import yaml

from tests.support.git import git, write
from tests.support.tools import tool

ROOT = Path(__file__).parents[1]
PLUGIN = ROOT / "examples" / "plugin"


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """The interpreter of an environment of its own, with the package installed beside ours."""
    home = tmp_path_factory.mktemp("plugin") / "venv"
    venv.create(home, with_pip=False)
    interpreter = home / "bin" / "python"
    site = Path(sysconfig.get_path("purelib", vars={"base": str(home)}))
    ours = [sysconfig.get_path("purelib"), str(ROOT)]
    (site / "ours.pth").write_text("\n".join(ours) + "\n")
    package = shutil.copytree(PLUGIN, tmp_path_factory.mktemp("source") / "package")
    pip = [sys.executable, "-m", "pip", "--python", str(interpreter), "install", "--quiet"]
    subprocess.run([*pip, "--no-deps", str(package)], check=True)
    return interpreter


def run(python, *arguments, cwd):
    command = [str(python), "-I", "-m", "kure_hooks", *arguments]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def repository(tmp_path):
    """A copy of the package's example in a repository of its own, with all of it committed."""
    shutil.copytree(PLUGIN / "fleet", tmp_path, dirs_exist_ok=True)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "all")
    return tmp_path


def test_the_example_is_in_sync(python, repository):
    code, out, err = run(python, "check", "--verbose", cwd=repository)
    assert (code, out.splitlines()) == (0, ["10 files of 1 cluster: in sync."]), err
    repo = yaml.safe_load(
        (repository / "clusters/edge/fleet/fleet-default-gitrepo-edge.yaml").read_text()
    )
    assert repo["spec"]["paths"] == ["clusters/edge/apps", "clusters/edge/infra"]
    shop = yaml.safe_load((repository / "clusters/edge/apps/fleet.yaml").read_text())
    assert shop["dependsOn"] == [{"name": "infra"}]


def test_an_application_of_the_package_is_overridden_and_limited(python, repository):
    stack = repository / "stacks/edge.yaml"
    limits = "profile: {limits: {memory: 1Gi}}\n"
    web = "{image: registry.example.com/shop:2, resources: {limits: {memory: 2Gi}}}"
    overrides = f"overrides:\n  storefront:\n    containers:\n      web: {web}\n"
    stack.write_text(f"{stack.read_text()}{limits}{overrides}")
    code, out, _ = run(python, "check", cwd=repository)
    assert code == 2
    assert out == (
        "stacks/edge.yaml:35:78: overrides.storefront.containers.web.resources.limits.memory: "
        "Deployment storefront: 2Gi of memory is more than the 1Gi that the profile edge allows "
        "(stacks/edge.yaml:31:28). Write at most 1Gi.\n"
    )
    stack.write_text(stack.read_text().replace("memory: 2Gi", "memory: 512Mi"))
    code, out, _ = run(python, "explain", "--values", "storefront", cwd=repository)
    rows = [line.split() for line in out.splitlines()]
    assert code == 0
    image = ["containers.web.image", "registry.example.com/shop:2", "override"]
    assert image in [row[:3] for row in rows]
    assert ["containers.web.variables.LOG_LEVEL", "info", "document"] in [row[:3] for row in rows]
    code, out, _ = run(python, "check", cwd=repository)
    assert (code, "storefront:1.4.0 -> " in out.replace("\n", "")) == (1, True)


def test_kustomize_builds_every_directory(repository):
    kustomize = tool("kustomize")
    for directory in ("", "apps", "infra", "fleet"):
        command = [kustomize, "build", str(repository / "clusters/edge" / directory)]
        built = subprocess.run(command, capture_output=True, check=True).stdout
        kinds = {each["kind"] for each in yaml.safe_load_all(built)}
        assert (
            kinds
            == {
                "": {"GitRepo"},
                "fleet": {"GitRepo"},
                "infra": {"Namespace"},
                "apps": {"Deployment", "Service"},
            }[directory]
        )


def bundle(name, *needs, children=()):
    objects = [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}}]
    application = {"name": name, "kind": "Manifests", "spec": {"objects": objects}}
    return {
        "name": name,
        "dependsOn": list(needs),
        "applications": [application],
        "children": list(children),
    }


@pytest.mark.parametrize("layout", [{}, {"nodeGrouping": "flat"}, {"bundleGrouping": "name"}])
def test_umbrellas_are_waited_for_as_a_whole_and_nothing_is_applied_twice(layout, python, tmp_path):
    platform = bundle("platform", "base", children=[bundle("metrics"), bundle("logs", "metrics")])
    children = [
        {"name": name, "bundle": content}
        for name, content in (
            ("base", bundle("base")),
            ("platform", platform),
            ("shop", bundle("shop", "platform")),
        )
    ]
    stack = {
        "name": "prod",
        "layout": layout,
        "gitops": {"type": "rancher-fleet", "bootstrap": {"sourceURL": "https://a.example/b.git"}},
        "node": {"children": children},
    }
    write(tmp_path, {"stacks/prod.yaml": yaml.safe_dump(stack)})
    code, _, err = run(python, "generate", cwd=tmp_path)
    assert code == 1, err
    found = [yaml.safe_load(path.read_text()) for path in tmp_path.rglob("fleet.yaml")]
    waits = {each["name"]: [one["name"] for one in each.get("dependsOn", ())] for each in found}
    assert waits == {
        "base": [],
        "platform": ["base"],
        "metrics": ["base"],
        "logs": ["metrics", "base"],
        "shop": ["platform", "metrics", "logs"],
    }
    (repo,) = (yaml.safe_load(path.read_text()) for path in tmp_path.rglob("*gitrepo*.yaml"))
    paths = repo["spec"]["paths"]
    tops = {
        str(path.parent.relative_to(tmp_path))
        for path in tmp_path.rglob("fleet.yaml")
        if not any((above / "fleet.yaml").exists() for above in path.parent.parents)
    }
    assert sorted(tops) == paths


def test_what_the_package_refuses_stands_at_the_value_s_own_line(python, repository):
    path = repository / "stacks/edge.yaml"
    text = path.read_text().replace("pollingInterval: 60s", "polling: 60s")
    text = text.replace("targetNamespace: shop", "timeout: 5m")
    path.write_text(text)
    score = repository / "apps/score.yaml"
    score.write_text(score.read_text() + "resources:\n  db: {type: postgres}\n")
    code, out, _ = run(python, "check", cwd=repository)
    assert code == 2
    place = "stacks/edge.yaml:9:5: gitops.options.polling"
    assert f'{place}: unknown key. Did you mean "pollingInterval"?' in out
    assert "apps/score.yaml:15:7: resources.db: the resource db needs a provisioner" in out
    path.write_text(text.replace("polling: 60s", "pollingInterval: 60s"))
    score.write_text((PLUGIN / "fleet/apps/score.yaml").read_text())
    code, out, _ = run(python, "check", cwd=repository)
    assert code == 2
    assert "stacks/edge.yaml:28:18: node.children[1].bundle.timeout: bundle shop: Fleet has" in out


def test_a_payload_that_exists_is_a_path_of_the_gitrepo(python, repository):
    path = repository / "stacks/edge.yaml"
    stack = yaml.safe_load(path.read_text())
    placed = {"name": "extra", "payload": {"path": "apps/extra"}}
    stack["node"]["children"].append({"name": "extra", "bundle": placed})
    path.write_text(yaml.safe_dump(stack))
    write(repository, {"apps/extra/kustomization.yaml": "resources: []\n"})
    code, _, err = run(python, "generate", cwd=repository)
    assert code == 1, err
    (repo,) = (yaml.safe_load(each.read_text()) for each in repository.rglob("*gitrepo*.yaml"))
    assert repo["spec"]["paths"] == ["apps/extra", "clusters/edge/apps", "clusters/edge/infra"]
    assert not (repository / "apps/extra/fleet.yaml").exists()
    placed["dependsOn"] = ["infra"]
    path.write_text(yaml.safe_dump(stack))
    code, out, _ = run(python, "check", cwd=repository)
    assert code == 2
    assert "bundle extra has dependsOn, but nothing is written into its payload" in out


def test_diff_knows_what_the_tool_does(python, repository):
    path = repository / "stacks/edge.yaml"
    stack = yaml.safe_load(path.read_text())
    del stack["node"]["children"][0], stack["node"]["children"][0]["bundle"]["dependsOn"]
    path.write_text(yaml.safe_dump(stack))
    run(python, "generate", "--allow-prune", cwd=repository)
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "without a bundle")
    code, out, err = run(python, "diff", "HEAD~1", cwd=repository)
    assert code == 1, err
    assert "Fleet deletes it and everything in it" in out


def test_the_schema_has_what_is_installed(python, repository):
    _, out, _ = run(python, "schema", cwd=repository)
    definitions = json.loads(out)["$defs"]
    assert {"fleet", "rancher-fleet"} <= set(definitions["Gitops"]["properties"]["type"]["enum"])
    assert "Score.Spec" in definitions
    _, out, _ = run(python, "schema", "--help", cwd=repository)
    assert "fleet, rancher-fleet  a GitRepo and a fleet.yaml for each bundle" in out
    assert re.search(r"Score +a workload in the format of score.dev", out)
    _, ours, _ = run(sys.executable, "schema", cwd=repository)
    assert "Score" not in ours


def test_a_checkout_offers_nothing(tmp_path):
    info = "evil-1.0.dist-info"
    write(
        tmp_path,
        {
            f"{info}/METADATA": "Metadata-Version: 2.1\nName: evil\nVersion: 1.0\n",
            f"{info}/entry_points.txt": "[kure_hooks.engines]\nevil = evil:ENGINE\n",
            "evil.py": "open('ran', 'w').close()\n",
            "stacks/a.yaml": "name: a\ngitops: {type: evil}\nnode: {}\n",
        },
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "kure_hooks", "check"]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert 'gitops.type: "evil" is not valid. Write one of argo,' in done.stdout
    assert not (tmp_path / "ran").exists()


FLUX = """\
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: flux-system, namespace: flux-system}
spec: {interval: 1m, url: "https://github.com/acme/fleet"}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: flux-system, namespace: flux-system}
spec:
  interval: 10m
  path: ./prod
  prune: true
  sourceRef: {kind: GitRepository, name: flux-system}
"""
SHOP = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n"


def test_lint_has_the_rule_of_the_package(python, tmp_path):
    write(tmp_path, {"prod/flux.yaml": FLUX, "prod/shop.yaml": SHOP})
    code, out, err = run(python, "lint", "--select", "EXAMPLE", cwd=tmp_path)
    assert (code, err) == (0, "")
    assert out.splitlines()[1] == (
        "  warning  prod/shop.yaml:3:1: Namespace shop: metadata: the namespace has no label team. "
        "Add it."
    )
    settings = "lint: {select: [EXAMPLE001, LI], severity: {EXAMPLE001: error}}\n"
    write(tmp_path, {".kure-hooks.yaml": settings})
    assert run(python, "lint", cwd=tmp_path)[0] == 1
    write(tmp_path, {"prod/shop.yaml": f"{SHOP}  # kure-hooks: ignore-file EXAMPLE001\n"})
    code, out, _ = run(python, "lint", cwd=tmp_path)
    assert (code, "LI002" in out) == (1, True)
    write(tmp_path, {"prod/shop.yaml": f"{SHOP}  labels: {{team: a}}\n"})
    assert run(python, "lint", cwd=tmp_path) == (0, "", "")


def test_the_rule_of_the_package_is_explained(python, tmp_path):
    code, out, _ = run(python, "rule", "example001", cwd=tmp_path)
    assert code == 0
    assert out.startswith("EXAMPLE001: Namespace of no team (warning)\n")
    assert "    team: storefront\n" in out
    assert "  EXAMPLE001  warning  Namespace of no team\n" in run(python, "rule", cwd=tmp_path)[1]
