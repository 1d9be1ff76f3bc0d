import re
import shutil
import subprocess

import pytest
import xmlschema
from hypothesis import given, settings

from kure_hooks.graphs import dot
from kure_hooks.graphs.rows import table
from kure_hooks.safe_text import visible
from tests.graphs.pictures import FEW, LONG, NASTY, WIDE, dependencies, graphs, labels

SVG = "{http://www.w3.org/2000/svg}"
STRING = r'"((?:[^"\\\n]|\\.)*)"'
NODE = re.compile(rf"    c0n\d+ \[label={STRING}, .*\];")


def shown(label):
    """Return the text that Graphviz shows for a label."""
    lines = re.sub(r"\\(.)", lambda match: "\n" if match[1] == "n" else match[1], label)
    return lines.replace("&#35;", "#").replace("&amp;", "&")


@given(graph=graphs())
def test_every_part_and_dependency_is_there(graph):
    picture = dot.render([graph])
    found = [NODE.fullmatch(line) for line in picture.splitlines()]
    assert [shown(each[1]) for each in found if each] == list(labels(graph))
    edges = re.findall(r"c0n(\d+) -> c0n(\d+) \[style=dashed", picture)
    names = table(graph.cluster).names
    pairs = sorted((names[int(row)], names[int(needed)]) for row, needed in edges)
    assert pairs == dependencies(graph.cluster)


@given(graph=graphs())
def test_a_drifted_part_has_both_a_colour_and_the_word(graph):
    lines = [line for line in dot.render([graph]).splitlines() if "label=" in line]
    for line in lines:
        assert ("fontcolor=" in line) == (r"\ndrifted" in line)


def drawn(picture):
    """Return the image that the real program makes of it."""
    if not shutil.which("dot"):
        pytest.skip("dot is not installed; it is part of graphviz")
    command = ["dot", "-Tsvg"]
    done = subprocess.run(command, input=picture.encode(), capture_output=True, check=False)
    assert (done.returncode, done.stderr.decode()) == (0, "")
    return xmlschema.XMLResource(done.stdout.decode()).root


def texts(image, class_):
    """Return what is written in each element of a class."""
    for group in image.iterfind(f".//{SVG}g[@class='{class_}']"):
        lines = ["".join(line.itertext()) for line in group.iterfind(f"{SVG}text")]
        yield "\n".join(lines).replace("\xa0", " ")


@pytest.mark.parametrize("given", [FEW, NASTY, [WIDE], [LONG], []], ids=str.split("f n w l e"))
def test_graphviz_shows_what_was_meant(given):
    image = drawn(dot.render(given))
    assert sorted(texts(image, "cluster")) == sorted(visible(graph.directory) for graph in given)
    expected = sorted(label for graph in given for label in labels(graph))
    assert sorted(texts(image, "node")) == expected
    tables = [table(graph.cluster) for graph in given]
    edges = sum(len(each.rows) - 1 + len(each.needs) for each in tables)
    assert len(list(texts(image, "edge"))) == edges


@settings(max_examples=20, deadline=None)
@given(graph=graphs())
def test_graphviz_shows_any_names(graph):
    image = drawn(dot.render([graph]))
    assert sorted(texts(image, "node")) == sorted(labels(graph))
