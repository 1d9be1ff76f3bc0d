from copy import deepcopy

import yaml

from tests.support.linting import config_map, lint

INSTANCE = {
    "apiVersion": "fluxcd.controlplane.io/v1",
    "kind": "FluxInstance",
    "metadata": {"name": "flux", "namespace": "flux-system"},
    "spec": {
        "distribution": {"version": "2.x", "registry": "ghcr.io/fluxcd"},
        "sync": {
            "kind": "GitRepository",
            "url": "https://git.example.com/acme/fleet.git",
            "ref": "refs/heads/main",
            "path": "clusters/prod",
        },
    },
}


def problems(change=None):
    instance = deepcopy(INSTANCE)
    if change:
        change(instance)
    files = {
        "clusters/prod/flux.yaml": yaml.safe_dump(instance),
        "clusters/prod/settings.yaml": config_map("settings"),
    }
    return [finding.problem for finding in lint(files, "FX019")]


def test_one_that_works():
    assert problems() == []


def test_another_name():
    def change(instance):
        instance["metadata"]["name"] = "flux-system"

    assert problems(change) == ["a FluxInstance is called flux, not flux-system"]


def test_a_branch_without_refs():
    def change(instance):
        instance["spec"]["sync"]["ref"] = "main"

    assert problems(change) == ["the ref main is no full name of a reference of git"]


def test_a_tag_of_an_oci_repository():
    def change(instance):
        sync = instance["spec"]["sync"]
        sync |= {
            "kind": "OCIRepository",
            "url": "oci://registry.example.com/fleet",
            "ref": "latest",
        }

    assert problems(change) == []


def test_what_is_missing():
    def change(instance):
        instance["spec"]["distribution"] = {}
        del instance["spec"]["sync"]["path"]

    assert problems(change) == [
        "the distribution has no registry",
        "the distribution has no version",
        "the sync has no path",
    ]


def test_a_registry_of_ones_own():
    def change(instance):
        instance["spec"]["distribution"]["registry"] = "registry.example.com/flux"

    assert len(problems(change)) == 1
