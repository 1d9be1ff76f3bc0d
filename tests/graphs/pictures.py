"""The graphs that every format is tested with."""

from hypothesis import strategies as st
from msgspec import structs

from kure_hooks.graphs import Graph, wording
from kure_hooks.graphs.rows import table
from kure_hooks.safe_text import visible
from kure_hooks.stack.outline import Part
from tests.reports.outcomes import HOSTILE, OUTCOME, hostile


def graphs_of(outcome):
    return [Graph(each.directory, outcome.marked(each)) for each in outcome.clusters]


def application(name, *, drifted=False):
    return Part("application", name, "AppWorkload", drifted=drifted)


def cluster(*nodes, name="prod"):
    return Part("cluster", name, "flux", parts=(Part("node", name, parts=nodes),))


FEW = graphs_of(OUTCOME)
NASTY = graphs_of(hostile())

# 5 nodes with 10 applications each, a chain of bundles.
WIDE = Graph(
    "clusters/prod",
    cluster(
        *(
            Part(
                "node",
                f"prod/node-{number}",
                parts=(
                    Part(
                        "bundle",
                        f"bundle-{number}",
                        needs=(f"bundle-{number - 1}",) if number else (),
                        parts=tuple(
                            application(
                                f"service-{number}-{each}", drifted=(number, each) == (2, 3)
                            )
                            for each in range(10)
                        ),
                        drifted=number == 2,
                    ),
                ),
            )
            for number in range(5)
        )
    ),
)

# 60 bundles, all of which wait for the first, and most for another one.
LONG = Graph(
    "clusters/prod",
    cluster(
        Part("bundle", "infra"),
        *(
            Part("bundle", f"team-{number}", needs=("infra", f"team-{number // 2}"))
            for number in range(1, 60)
        ),
    ),
)

_CHARACTERS = "abz019 -_./\\\"'`&<>#;:|[]{}()%*=@$~^é字\n\r\t\x00\x1b\u202e\uffff\udcff"
names = st.text(_CHARACTERS, min_size=1, max_size=60) | st.sampled_from(["end", HOSTILE])


@st.composite
def outlines(draw):
    """A cluster of any shape, whose bundles wait for any others, themselves and strangers."""
    bundles = draw(st.lists(names, min_size=1, max_size=6, unique=True))
    strangers = draw(st.lists(names, max_size=3, unique=True))
    parts = []
    for name in bundles:
        needs = draw(st.lists(st.sampled_from([*bundles, *strangers]), max_size=4, unique=True))
        external = tuple(each for each in needs if each in strangers)
        inside = tuple(map(application, draw(st.lists(names, max_size=3))))
        if parts and draw(st.booleans()):
            inside += (parts.pop(),)
        parts.append(Part("bundle", name, "", tuple(needs), external, inside))
        if draw(st.booleans()):
            parts.append(Part("node", draw(names), parts=(parts.pop(),)))
    return Part("cluster", draw(names), draw(names), parts=tuple(parts))


@st.composite
def graphs(draw):
    """An outline in which any parts drifted."""

    def drifting(part):
        return structs.replace(
            part, parts=tuple(map(drifting, part.parts)), drifted=draw(st.booleans())
        )

    return Graph(draw(names), drifting(draw(outlines())))


def walk(part):
    """Yield a part and all that are in it, in their order."""
    yield part
    for each in part.parts:
        yield from walk(each)


def dependencies(part):
    """Return the pairs of names of all that wait and what for, sorted."""
    return sorted((each.name, name) for each in walk(part) for name in each.needs)


def labels(graph):
    """Return what is written in each box of the formats that have boxes, in their order."""
    for part in walk(graph.cluster):
        word = wording.mark(part)
        yield visible(wording.title(part)) + (f"\n{word}" if word else "")
    for name in table(graph.cluster).external:
        yield f"{visible(name)}\nexternal"
