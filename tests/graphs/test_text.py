import re

from hypothesis import given

from kure_hooks.graphs import Graph, text, wording
from kure_hooks.safe_text import inert, inert_inside, visible
from kure_hooks.stack.outline import Part
from tests.graphs.pictures import application, cluster, graphs, walk

CONNECTORS = re.compile(r"^(?:│   |    )*(?:├── |└── )?")


def test_a_tree_says_kinds_dependencies_and_drift_in_words():
    apps = Part(
        "bundle", "apps", needs=("infra", "mesh"), external=("mesh",), parts=(application("web"),)
    )
    graph = Graph("clusters/prod", cluster(apps, Part("bundle", "infra", drifted=True)))
    assert (
        text.render([graph])
        == """\
clusters/prod
cluster prod (flux)
└── node prod
    ├── bundle apps  after infra, mesh (external)
    │   └── application web (AppWorkload)
    └── bundle infra  drifted
"""
    )


@given(graph=graphs())
def test_every_part_has_its_line_as_deep_as_it_is(graph):
    directory, *lines = text.render([graph]).removesuffix("\n").split("\n")
    assert directory == inert(visible(graph.directory))
    sentences = ("  ".join(wording.sentence(part)) for part in walk(graph.cluster))
    said = [inert_inside(visible(sentence)) for sentence in sentences]
    assert [CONNECTORS.sub("", line) for line in lines] == said
    assert [len(CONNECTORS.match(line)[0]) // 4 for line in lines] == list(depths(graph.cluster))


def depths(part, depth=0):
    yield depth
    for each in part.parts:
        yield from depths(each, depth + 1)
