"""The tables of docs/from-charts.md, held against the types of an AppWorkload."""

import re
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from kure_hooks.apps.workload import Spec

PAGE = (Path(__file__).parents[1] / "docs/from-charts.md").read_text()
CODE = re.compile(r"`([^`]+)`")
# Keys of a document beside `spec`.
METADATA = {"metadata.name", "metadata.namespace", "metadata.labels", "metadata.annotations"}
# So many fields have a row: those of the schemas and values of the charts.
FIELDS = {"app-template": 165, "application": 122, "launcher": 27}


def rows():
    """Yield the rows of each section: its name, the cell of the chart, and ours."""
    for section in PAGE.split("\n## ")[1:]:
        name, *lines = section.splitlines()
        for line in lines:
            if line.startswith("| ") and "`" in line:
                _, theirs, ours, _ = line.split("|")
                yield name, theirs.strip(), ours.strip()


ROWS = list(rows())


def structs(hint):
    """Yield the structs in a type: itself, or what its union, list or mapping holds."""
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        yield hint
    for part in get_args(hint):
        yield from structs(part)


def exists(path, hint=Spec):
    """Tell whether a path of keys leads through a type; lists and mappings take no step."""
    key, _, rest = path.partition(".")
    for struct in structs(hint):
        for field in msgspec.structs.fields(struct):
            if field.encode_name == key and (not rest or exists(rest, field.type)):
                return True
    return False


def named(ours):
    """Return the keys of a cell, those of a bundle or another kind left out."""
    return CODE.findall(re.split(r": | of jobs|; of the bundle", ours)[0])


@pytest.mark.parametrize(
    ("theirs", "ours"), [row[1:] for row in ROWS], ids=[row[1] for row in ROWS]
)
def test_each_row_names_keys_that_exist_or_says_why_there_is_none(theirs, ours):
    assert CODE.findall(theirs)
    if ours.startswith("none: "):
        assert len(ours) > len("none: ") + 10
        return
    keys = named(ours)
    assert keys
    assert [key for key in keys if key not in METADATA and not exists(key)] == []


def test_the_tables_are_whole_and_name_each_field_once():
    for chart, count in FIELDS.items():
        cells = (theirs for name, theirs, _ in ROWS if name == chart)
        fields = [field for cell in cells for field in CODE.findall(cell)]
        assert len(fields) == len(set(fields))
        assert len(fields) >= count


def test_every_key_of_the_spec_stands_for_something_in_a_chart():
    of_jobs = {"backoffLimitPerIndex", "managedBy", "maxFailedIndexes", "podFailurePolicy"}
    of_jobs |= {"podReplacementPolicy", "successPolicy"}
    of_ours = {"progressDeadlineSeconds", "resourceClaims", "scaling"}
    keys = {key.split(".")[0] for _, _, ours in ROWS for key in named(ours)}
    assert {
        field.encode_name for field in msgspec.structs.fields(Spec)
    } - keys == of_ours | of_jobs  # no chart has them
