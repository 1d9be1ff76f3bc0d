"""URLs of one repository, as people write them."""

from itertools import combinations

import pytest

from kure_hooks.files.memory import MemoryTree
from kure_hooks.gitops.applications import assumed_home
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.urls import same_repository
from tests.support.counting import calls

SAME = [
    [
        "https://github.com/org/fleet",
        "https://github.com/org/fleet.git",
        "https://github.com/org/fleet/",
        "https://GitHub.com/Org/Fleet.git/",
        "https://token@github.com/org/fleet",
        "https://user:password@github.com:443/org/fleet.git",
        "http://github.com/org/fleet",
        "git@github.com:org/fleet.git",
        "github.com:org/fleet",
        "ssh://git@github.com/org/fleet.git",
        "ssh://git@github.com:22/org/fleet",
        "ssh://git@ssh.github.com:443/org/fleet.git",
        "git://github.com/org/fleet",
        " https://github.com/org//fleet ",
        "github.com/org/fleet",
    ],
    ["https://git.example:8443/a/b/c.git", "https://git.example:8443/a/b/c"],
    ["ssh://git@git.example:2222/org/fleet", "ssh://git.example:2222/org/fleet.git"],
    [
        "https://dev.azure.com/org/project/_git/fleet",
        "git@ssh.dev.azure.com:v3/org/project/fleet",
        "https://org@dev.azure.com/org/project/_git/fleet",
    ],
    ["https://git.example/a%20b/c", "https://git.example/a b/c"],
    ["ssh://git@[::1]/org/fleet", "git@[::1]:org/fleet.git"],
    ["../fleet", "../fleet"],
    ["oci://ghcr.io/org/fleet", "oci://ghcr.io/org/fleet"],
]
OTHERS = [urls[0] for urls in SAME] + [
    "https://github.com/org/fleet-apps",
    "https://github.com/other/fleet",
    "https://gitlab.com/org/fleet",
    "https://github.com/org",
    "https://git.example:9443/a/b/c.git",
    "https://git.example/org/fleet",
    "oci://github.com/org/fleet",
    "file:///org/fleet",
]


@pytest.mark.parametrize("urls", SAME, ids=lambda urls: urls[0])
def test_ways_to_write_one_repository(urls):
    for one in urls:
        for other in urls:
            assert same_repository(one, other), (one, other)


def test_other_repositories():
    for one, other in combinations(OTHERS, 2):
        assert not same_repository(one, other), (one, other)
        assert not same_repository(other, one), (other, one)


@pytest.mark.parametrize("url", ["", " ", "https://", "https://[bad/x", "git@:x", "https://h:x/y"])
def test_what_is_no_url_is_no_repository(url):
    assert not same_repository(url, "https://github.com/org/fleet")
    assert same_repository(url, url) is bool(url.strip())


def applications(number):
    """Return Applications whose sources are as many repositories."""
    source = "spec: {{source: {{repoURL: https://git.example/a/r{}, path: apps}}}}\n"
    head = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: a{}}}\n"
    text = "---\n".join(head.format(at) + source.format(at) for at in range(number))
    return Files(MemoryTree({"a.yaml": text.encode()}))


def test_the_home_of_many_repositories_is_found_in_linear_time():
    def work(size):
        files = applications(size)
        return calls(lambda: assumed_home(files, ""))

    work(2)
    few, more = work(100), work(400)  # in this order, since keys of URLs are remembered
    assert more < few * 4 * 1.3
