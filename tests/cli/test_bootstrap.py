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


def test_advice_for_starting_a_cluster_is_for_who_starts_it(tmp_path, kure):
    """E16.19: a check, a hook or a report bothers nobody with it."""
    write(tmp_path, {"stacks/prod.yaml": stack("prod", fluxMode="gotk")})
    advice = (
        "warning: stacks/prod.yaml:3:5: gitops.bootstrap.manifests: this bootstrap does not install"
        " Flux, which has to run on the cluster already; record its release with"
        " `kure-hooks vendor install.yaml --as flux.yaml` and write `manifests: vendor/flux.yaml`,"
        " or write `manifests: none` if it is installed in another way\n"
    )
    _, out, err = kure("generate", "--output", "json=-")
    assert "bootstrap" not in out + err
    assert kure("generate", "--verbose") == (0, f"{advice}3 files of 1 cluster: in sync.\n", "")
    assert kure("check", "--verbose") == (0, "3 files of 1 cluster: in sync.\n", "")
    code, out, err = kure("bootstrap")
    assert (code, err) == (0, advice)
    write(tmp_path, {"stacks/prod.yaml": stack("prod", fluxMode="gotk", manifests="none")})
    assert kure("bootstrap") == (0, out, "")
    assert kure("generate", "--verbose") == (0, "3 files of 1 cluster: in sync.\n", "")
