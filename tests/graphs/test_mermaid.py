import html
import re

import pytest
from hypothesis import given

from kure_hooks.graphs import mermaid, wording
from kure_hooks.graphs.rows import table
from kure_hooks.safe_text import visible
from tests.graphs.pictures import FEW, LONG, NASTY, WIDE, dependencies, graphs, labels, walk
from tests.support.mermaid import parsed

NODE = re.compile(r'    c0n(\d+)\W*"([^"]*)"\W*(drifted|external)?')


EDGE = re.compile(r"c0n(\d+) -\. after \.-> c0n(\d+)")


def shown(label):
    """Return the text that Mermaid shows for a label: #35; is &#35; of HTML to it."""
    code = re.sub(r"#(\d+);", r"&#\1;", label.replace("<br/>", "\n"))
    return html.unescape(re.sub(r"#(\D\w*);", r"&\1;", code))


@given(graph=graphs())
def test_every_part_and_dependency_is_there(graph):
    picture = mermaid.render([graph])
    nodes = [found for found in map(NODE.fullmatch, picture.splitlines()) if found]
    assert [int(node[1]) for node in nodes] == list(range(len(nodes)))
    assert [shown(node[2]) for node in nodes] == list(labels(graph))
    names = table(graph.cluster).names
    pairs = [(names[int(row)], names[int(needed)]) for row, needed in EDGE.findall(picture)]
    assert sorted(pairs) == dependencies(graph.cluster)


@given(graph=graphs())
def test_what_drifted_has_both_the_class_and_the_word(graph):
    nodes = [found for found in map(NODE.fullmatch, mermaid.render([graph]).splitlines()) if found]
    marked = [part.drifted for part in walk(graph.cluster)]
    assert [node[3] == "drifted" for node in nodes][: len(marked)] == marked


@given(graph=graphs())
def test_no_line_holds_anything_but_what_the_syntax_needs(graph):
    part = r'\W*"(?:[A-Za-z0-9 ./()-]|#\w+;|<br/>)*"\W*(?:drifted|external)?'
    line = rf"subgraph c0\[.*\]|direction LR|c0n\d+{part}|c0n\d+ (?:---|-\. after \.->) c0n\d+|end"
    _, *lines, _, _ = mermaid.render([graph]).splitlines()
    assert [each for each in lines if not re.fullmatch(line, each.strip())] == []


def understood(label):
    """Return the text of a label that was read, in which Mermaid's own marks stand for entities."""
    for mark, meaning in (("ﬂ°°", "&#"), ("ﬂ°", "&"), ("¶ß", ";"), ("<br>", "\n")):
        label = label.replace(mark, meaning)
    return html.unescape(label)


@pytest.mark.parametrize("given", [FEW, NASTY, [WIDE], [LONG], []], ids=str.split("f n w l e"))
def test_the_real_parser_understands_what_was_meant(given):
    found = parsed(mermaid.render(given))
    expected = [label for graph in given for label in labels(graph)] or [wording.NOTHING]
    assert [understood(node["label"]) for node in found["nodes"]] == expected
    marked = [node["classes"] == ["drifted"] for node in found["nodes"]]
    assert marked == [label.endswith("\ndrifted") for label in expected]
    tables = [table(graph.cluster) for graph in given]
    assert len(found["edges"]) == sum(len(each.rows) - 1 + len(each.needs) for each in tables)
    strokes = [stroke for _, _, stroke in found["edges"]]
    assert strokes.count("dotted") == sum(len(each.needs) for each in tables)
    assert sorted(map(understood, found["subgraphs"])) == sorted(
        visible(graph.directory) for graph in given
    )
