"""Which parts of a cluster are marked, by what drifted."""

import pytest

from kure_hooks.drift.result import FileChange, Kind
from kure_hooks.findings import Location
from kure_hooks.graphs import wording
from kure_hooks.origin import Origin
from kure_hooks.outcome import ClusterView, Outcome
from kure_hooks.stack.outline import Part
from tests.graphs.pictures import application, cluster, walk

SHOP = Part("bundle", "shop", parts=(application("web"), application("shop")))
BLOG = Part("bundle", "blog", parts=(application("web"), Part("bundle", "web")))
OUTLINE = cluster(
    Part("node", "/shop", parts=(SHOP,)), Part("node", "/blog", parts=(BLOG,)), name=""
)
VIEW = ClusterView("clusters/prod", "stacks/prod.yaml", outline=OUTLINE)


def marked(*origins, directory="clusters/prod"):
    """Return the outline that shows drift of a file of each origin: node, bundle, application."""
    changes = tuple(
        FileChange(
            Kind.CHANGED,
            f"{directory}/{number}.yaml",
            directory,
            origin=Origin(Location("stacks/prod.yaml"), "", *origin),
        )
        for number, origin in enumerate(origins)
    )
    return Outcome("check", drift=changes).marked(VIEW)


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        (("/shop", "shop", "web"), ["node /shop", "bundle shop", "application web (AppWorkload)"]),
        (("/blog", "web"), ["node /blog", "bundle web"]),
        (("/shop",), ["node /shop"]),
        ((), []),
    ],
)
def test_a_file_marks_the_parts_that_it_comes_from(origin, expected):
    parts = list(walk(marked(origin)))
    assert [wording.title(part) for part in parts if part.drifted] == expected


def test_of_two_applications_of_one_name_the_bundle_tells_which_drifted():
    (shop,), (blog,) = (node.parts for node in marked(("/blog", "blog", "web")).parts[0].parts)
    assert [part.drifted for part in shop.parts] == [False, False]
    assert [part.drifted for part in blog.parts] == [True, False]


def test_several_files_mark_the_parts_of_each():
    parts = walk(marked(("/shop", "shop", "shop"), ("/blog", "blog", "web")))
    names = [part.name for part in parts if part.drifted]
    assert names == ["/shop", "shop", "shop", "/blog", "blog", "web"]


def test_drift_of_other_directories_and_of_files_that_no_stack_knows_marks_nothing():
    assert marked(("/shop", "shop", "web"), directory="clusters/test") == OUTLINE
    foreign = FileChange(Kind.FOREIGN, "clusters/prod/a", "clusters/prod")
    assert Outcome("check", drift=(foreign,)).marked(VIEW) == OUTLINE


def test_a_cluster_without_an_outline_has_no_marks():
    assert Outcome("check").marked(ClusterView("clusters/prod", "stacks/prod.yaml")) is None
