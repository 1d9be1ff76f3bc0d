import pytest
import yaml

from kure_hooks.config.argocd import ArgocdOptions
from kure_hooks.engines.argocd.health import health_lua
from tests.support.git import write
from tests.support.releases import OPERATOR, documents, release

BOOTSTRAP = {"enabled": True, "sourceURL": "https://example.com/f.git", "sourceRef": "main"}


def stack(name, **bootstrap):
    gitops = {"type": "flux", "bootstrap": {**BOOTSTRAP, **bootstrap}}
    return yaml.safe_dump({"name": name, "gitops": gitops, "node": {"name": name}})


def test_manifests_come_in_the_order_of_applying(tmp_path, kure):
    """E16.5: generated, whatever is checked in."""
    files = {"vendor/o.yaml": release(OPERATOR)}
    write(tmp_path, {**files, "stacks/prod.yaml": stack("prod", manifests="vendor/o.yaml")})
    code, out, err = kure("bootstrap")
    assert (code, err) == (0, "")
    found = documents(out)
    assert found[:-1] == documents(files["vendor/o.yaml"])
    assert found[-1]["kind"] == "FluxInstance"
    assert kure("bootstrap", "stacks/prod.yaml") == (0, out, "")
    assert not (tmp_path / "clusters").exists()


def test_one_cluster_is_chosen(tmp_path, kure):
    both = f"{stack('blue')}---\n{stack('green', fluxMode='gotk')}"
    write(tmp_path, {"stacks/two.yaml": both, "stacks/off.yaml": stack("off", enabled=False)})
    code, _, err = kure("bootstrap")
    assert (code, err) == (
        2,
        "error: There is more than one cluster: blue, green. Name one with --cluster.\n",
    )
    code, out, _ = kure("bootstrap", "--cluster", "green")
    assert [each["kind"] for each in documents(out)] == ["GitRepository", "Kustomization"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "No cluster asks for a bootstrap."),
        (("--cluster", "prod"), "No cluster prod asks for a bootstrap."),
    ],
)
def test_without_a_bootstrap_there_is_nothing_to_print(arguments, said, tmp_path, kure):
    write(tmp_path, {"stacks/prod.yaml": stack("prod", enabled=False)})
    enable = "Write enabled: true in gitops.bootstrap of its stack."
    assert kure("bootstrap", *arguments) == (2, "", f"error: {said} {enable}\n")


def test_advice_for_starting_a_cluster_is_for_who_starts_it(tmp_path, kure):
    """E16.19: a check, a hook or a report bothers nobody with it."""
    write(tmp_path, {"stacks/prod.yaml": stack("prod", fluxMode="gotk")})
    advice = (
        "warning: stacks/prod.yaml:3:5: gitops.bootstrap.manifests: bootstrap will not install "
        "Flux: no release manifests are vendored. Run `kure-hooks vendor install.yaml --as "
        "flux.yaml` and set manifests: vendor/flux.yaml. (Flux is installed already? Set "
        "manifests: none.)\n"
    )
    _, out, err = kure("generate", "--output", "json=-")
    assert "bootstrap" not in out + err
    verbose = advice.replace("\n", " [FX125]\n")
    assert kure("generate", "--verbose") == (0, f"{verbose}3 files of 1 cluster: in sync.\n", "")
    assert kure("check", "--verbose") == (0, "3 files of 1 cluster: in sync.\n", "")
    said = advice.removeprefix("warning: ").removesuffix("\n")
    assert said in kure("lint")[1]
    assert said not in kure("lint", "--ignore", "FX125")[1]
    code, out, err = kure("bootstrap")
    assert (code, err) == (0, advice)
    write(tmp_path, {"stacks/prod.yaml": stack("prod", fluxMode="gotk", manifests="none")})
    assert kure("bootstrap") == (0, out, "")
    assert kure("generate", "--verbose") == (0, "3 files of 1 cluster: in sync.\n", "")


def argo_cd(name, **argocd):
    gitops = {"type": "argocd", "argocd": {"repoURL": BOOTSTRAP["sourceURL"], **argocd}}
    return yaml.safe_dump({"name": name, "gitops": gitops, "node": {"name": name}})


def test_the_health_of_applications_is_a_patch_for_server_side_apply(tmp_path, kure):
    stacks = {"stacks/edge.yaml": argo_cd("edge", namespace="gitops"), "stacks/f.yaml": stack("f")}
    write(tmp_path, stacks)
    code, out, err = kure("bootstrap", "--argocd-health")
    assert (code, err) == (0, "")
    (patch,) = documents(out)
    key = "resource.customizations.health.argoproj.io_Application"
    options = ArgocdOptions(namespace="gitops")
    assert patch["metadata"]["name"] == "argocd-cm"
    assert patch["metadata"]["namespace"] == "gitops"
    assert patch["data"] == {key: health_lua(options)}
    assert kure("bootstrap", "stacks/edge.yaml", "--argocd-health") == (0, out, "")
    assert "kubectl apply --server-side" in out.partition("apiVersion")[0]


def test_the_health_of_applications_is_that_of_one_cluster(tmp_path, kure):
    same = f"{argo_cd('blue')}---\n{argo_cd('green')}"
    lenient = argo_cd("red", healthRequiresSync=False)
    write(tmp_path, {"stacks/a.yaml": same, "stacks/b.yaml": lenient, "stacks/c.yaml": stack("c")})
    assert kure("bootstrap", "--argocd-health", "stacks/a.yaml")[0] == 0
    code, _, err = kure("bootstrap", "--argocd-health")
    assert code == 2
    assert "the clusters blue, green, red need different patches" in err
    code, out, _ = kure("bootstrap", "--argocd-health", "--cluster", "red")
    assert code == 0
    assert '"Synced"' not in out
    for arguments in (["--cluster", "c"], ["--cluster", "pink"], ["stacks/c.yaml"]):
        code, out, err = kure("bootstrap", "--argocd-health", *arguments)
        assert (code, out) == (2, "")
        assert "has gitops.type argocd" in err


def test_the_health_of_applications_needs_a_stack_without_faults(tmp_path, kure):
    code, out, err = kure("bootstrap", "--argocd-health")
    assert (code, out) == (2, "")
    assert "No stack files found: looked for stacks/*.yaml in " in err
    write(tmp_path, {"stacks/edge.yaml": argo_cd("edge", namespac="gitops")})
    code, out, err = kure("bootstrap", "--argocd-health")
    assert (code, out) == (2, "")
    assert "stacks/edge.yaml:3:5: gitops.argocd.namespac" in err
    assert "other.yaml is no stack" in kure("bootstrap", "--argocd-health", "stacks/other.yaml")[2]
