"""The packed file and its page are those that the script makes of the pinned sources."""

import re
import zlib

import pytest

from kure_hooks.schemas.packed import FILE, read_index, read_section
from scripts.pack_schemas import page, programs, sections, writing
from scripts.pack_schemas.definitions import DefinitionError, bare
from scripts.pack_schemas.fetching import is_kept
from scripts.pack_schemas.sources import CUSTOM, KUBERNETES

SOURCES = (*KUBERNETES, *CUSTOM)


def content(file):
    """Return the index and the lines of each section, whatever zlib has compressed them."""
    index, start = read_index(file)
    return [
        (section.name, section.releases, section.variants, read_section(file, start, section))
        for section in index.sections
    ]


def test_the_file_is_made_of_its_sources(tmp_path):
    if not all(map(is_kept, SOURCES)):
        pytest.skip("the sources are not in .tools/schemas: run python -m scripts.pack_schemas")
    file = tmp_path / "packed.bin"
    file.write_bytes(writing.packed())
    assert content(file) == content(FILE)
    if "ng" not in zlib.ZLIB_RUNTIME_VERSION:  # zlib-ng compresses to other bytes
        assert file.read_bytes() == FILE.read_bytes()


def test_the_page_is_that_of_the_file():
    assert page.PAGE.read_text() == page.render(), "run python -m scripts.pack_schemas"


def test_every_source_is_pinned():
    for source in SOURCES:
        assert re.fullmatch(r"v\d+\.\d+\.\d+", source.version)
        assert re.fullmatch(r"h1:[A-Za-z0-9+/]{43}=", source.checksum)
        if source.command:
            sums = (programs.directory(source) / "go.sum").read_text().splitlines()
            assert f"{source.module} {source.version} {source.checksum}" in sums


def test_equal_schemas_are_written_once():
    def pod(name):
        template = {
            "type": "object",
            "properties": {key: {"type": "string", "maxLength": 253} for key in ("a", "b", "c")},
        }
        return {
            "type": "object",
            "properties": {name: template, "list": {"type": "array", "items": template}},
        }

    section = sections.of_definitions({("v1", "A"): pod("one"), ("v1", "B"): pod("two")})
    shared = [line for line in section.lines if '"maxLength"' in line]
    assert len(shared) == 1
    assert section.kinds.keys() == {("v1", "A"), ("v1", "B")}


def test_what_says_more_about_the_same_value_stays_in_its_place():
    """A part of `anyOf` limits a value that is described elsewhere: it is no schema of a value."""
    limit = {"properties": {"name": {"type": "string", "pattern": "^" + "a" * 100 + "$"}}}
    schema = {"type": "object", "anyOf": [limit, {"not": limit}], "properties": {}}
    section = sections.of_definitions({("v1", "A"): schema, ("v1", "B"): {**schema, "x": 1}})
    assert "$ref" not in "".join(section.lines)


def test_names_of_fields_are_no_words_of_schemas():
    fields = {"description": {"type": "string", "description": "…"}, "title": {}, "default": {}}
    schema = {"properties": fields, "default": {"description": "kept"}, "enum": [{"title": 1}]}
    assert bare({**schema, "title": "…"}) == {
        "properties": {"description": {"type": "string"}, "title": {}, "default": {}},
        "default": {"description": "kept"},
        "enum": [{"title": 1}],
    }


def test_a_reference_in_a_definition_is_refused():
    with pytest.raises(DefinitionError, match="a \\$ref to #/x"):
        bare({"properties": {"a": {"items": {"$ref": "#/x"}}}})
