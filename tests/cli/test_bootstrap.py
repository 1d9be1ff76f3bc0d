import pytest
import yaml

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
        "error: there is more than one cluster: blue, green; name one with --cluster\n",
    )
    code, out, _ = kure("bootstrap", "--cluster", "green")
    assert [each["kind"] for each in documents(out)] == ["GitRepository", "Kustomization"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "no cluster has gitops.bootstrap.enabled"),
        (("--cluster", "prod"), "no cluster prod with gitops.bootstrap.enabled"),
    ],
)
def test_without_a_bootstrap_there_is_nothing_to_print(arguments, said, tmp_path, kure):
    write(tmp_path, {"stacks/prod.yaml": stack("prod", enabled=False)})
    assert kure("bootstrap", *arguments) == (2, "", f"error: {said}\n")


def test_a_warning_comes_with_news_and_never_alone(tmp_path, kure):
    """E16.19: what is missing is said when files are written, and in sync only on request."""
    write(tmp_path, {"stacks/prod.yaml": stack("prod", fluxMode="gotk")})
    code, out, _ = kure("generate")
    warning = "warning: stacks/prod.yaml:1:1: gitops.bootstrap.manifests: the manifests of Flux"
    assert (code, out.startswith(warning)) == (1, True)
    for command in ("generate", "check"):
        assert kure(command) == (0, "", "")
        code, out, _ = kure(command, "--verbose")
        assert (code, out.startswith(warning)) == (0, True)
        assert out.endswith("3 files of 1 cluster: in sync.\n")
