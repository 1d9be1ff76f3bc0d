import re
from itertools import combinations

import pytest
import xmlschema
from hypothesis import given
from msgspec import structs

from kure_hooks.graphs import Graph, svg, wording
from kure_hooks.graphs.rows import table
from kure_hooks.safe_text import visible
from tests.graphs.pictures import (
    FEW,
    LONG,
    NASTY,
    WIDE,
    application,
    cluster,
    dependencies,
    graphs,
    walk,
)

SVG = "{http://www.w3.org/2000/svg}"
# A character of the widest usual monospaced font, of an em; of other scripts twice as much.
ADVANCE = 0.62


def titles(image, class_):
    groups = (each for each in image.iter("g") if class_ in each.get("class").split())
    return [group.findtext("title") for group in groups]


@given(graph=graphs())
def test_every_part_and_dependency_is_there_with_its_whole_name(graph):
    image = svg.element(graph.cluster)
    said = [", ".join(wording.sentence(part)) for part in walk(graph.cluster)]
    assert titles(image, "kure-part") == list(map(visible, said))
    pairs = [f"{row} after {needed}" for row, needed in dependencies(graph.cluster)]
    assert sorted(titles(image, "kure-dependency")) == sorted(map(visible, pairs))
    names = [f"{name} (external)" for name in table(graph.cluster).external]
    assert titles(image, "kure-external") == list(map(visible, names))


@given(graph=graphs())
def test_a_document_is_xml_whatever_the_names(graph):
    document = xmlschema.XMLResource(svg.render([graph, graph])).root
    assert len(document.findall(f"{SVG}svg")) == 2


def boxes(image):
    """Return left, top, right and bottom of each text, as wide as fonts make it at most."""
    for text in image.iter("text"):
        size = float(text.get("font-size", "13"))
        columns = sum(1 if each.isascii() or each == "…" else 2 for each in text.text)
        left, base = float(text.get("x")), float(text.get("y"))
        yield left, base - 0.8 * size, left + columns * ADVANCE * size, base + 0.25 * size


def overlap(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def segments(image):
    """Return each stretch of the dependencies' lines as a box, half its stroke included."""
    for group in image.iter("g"):
        if group.get("class") != "kure-dependency":
            continue
        x = y = 0.0
        for command, place in re.findall(r"([MHVQ])([-\d. ]+)", group.find("path").get("d")):
            before = x, y
            numbers = list(map(float, place.split()))
            x = numbers[-2] if command in "MQ" else numbers[0] if command == "H" else x
            y = numbers[-1] if command in "MQV" else y
            if command != "M":
                xs, ys = sorted((before[0], x)), sorted((before[1], y))
                yield xs[0] - 1, ys[0] - 1, xs[1] + 1, ys[1] + 1


def assert_legible(image):
    texts = list(boxes(image))
    assert [pair for pair in combinations(texts, 2) if overlap(*pair)] == []
    lines = list(segments(image))
    assert [(line, text) for line in lines for text in texts if overlap(line, text)] == []
    width, height = float(image.get("width")), float(image.get("height"))
    for left, top, right, bottom in [*texts, *lines]:
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= height


@given(graph=graphs())
def test_no_text_overlaps_another_or_a_line_and_all_is_inside(graph):
    assert_legible(svg.element(graph.cluster))


@pytest.mark.parametrize("graph", [*FEW, *NASTY, WIDE, LONG])
def test_usual_and_large_clusters_are_legible(graph):
    image = svg.element(graph.cluster)
    assert_legible(image)
    assert int(image.get("width")) <= 1000


def test_arrows_point_at_the_row_that_is_waited_for():
    image = svg.element(LONG.cluster)
    rows = {text.text: float(text.get("y")) for text in image.iter("text")}
    (line,) = (
        group for group in image.iter("g") if group.findtext("title") == "team-9 after team-4"
    )
    tip = float(re.match(r"M\d+ (\d+)l", line.findall("path")[1].get("d"))[1])
    assert abs(tip - rows["team-4"]) < 12


def test_long_names_are_shortened_in_their_middle_and_whole_in_the_title():
    name = f"{'a' * 50}-{'b' * 50}"
    image = svg.element(cluster(application(name)))
    shown = [text.text for text in image.iter("text")]
    assert f"{'a' * 19}…{'b' * 19}" in shown
    assert f"application {name} (AppWorkload)" in titles(image, "kure-application")


def test_drift_is_a_class_and_a_word():
    image = svg.element(WIDE.cluster)
    assert titles(image, "kure-drifted") == [
        "bundle bundle-2, after bundle-1, drifted",
        "application service-2-3 (AppWorkload), drifted",
    ]
    assert [text.text for text in image.iter("text")].count("drifted") == 2


@pytest.mark.parametrize("graph", [*FEW, *NASTY])
def test_an_image_suits_any_page(graph):
    """Several may be in one page, which may forbid inline styles and scripts."""
    image = svg.element(graph.cluster)
    assert image.get("role") == "img"
    assert image[0].tag == "title"
    for each in image.iter():
        assert each.tag in {"svg", "title", "g", "path", "rect", "text"}
        assert not each.attrib.keys() & {"id", "style", "href"}
        assert not [key for key in each.attrib if key.startswith("on")]
        assert "url(" not in " ".join(each.attrib.values())


def luminance(color):
    channels = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(part * each for part, each in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("page", ["#ffffff", "#0d1117"])
def test_every_colour_is_seen_on_light_and_dark_pages(page):
    """WCAG 2.2, 1.4.11: 3:1 for graphics; text has the colour of the page's own."""
    image = svg.element(structs.replace(LONG.cluster, drifted=True))
    colors = {each.get(key) for each in image.iter() for key in ("fill", "stroke")}
    for color in sorted(each for each in colors if each and each.startswith("#")):
        light, dark = sorted((luminance(color), luminance(page)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 3, color
    assert {text.get("fill", "currentColor") for text in image.iter("text")} == {"currentColor"}


def test_a_document_follows_the_colour_scheme_of_the_reader():
    document = svg.render([Graph("clusters/prod", cluster())])
    assert "@media (prefers-color-scheme: dark)" in document
