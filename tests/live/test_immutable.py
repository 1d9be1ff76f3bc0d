"""The API server's verdict on changes of built-in objects, beside the one that needs no server."""

import pytest

from tests.live.api import RefusedError
from tests.live.cluster import Cluster
from tests.live.programs import SERVER, missing
from tests.live.services import Services
from tests.support.change_cases import MISSED, REFUSED, cases
from tests.validators.test_changes import is_refused_here

CASES = {name: case for name, *case in cases()}


@pytest.fixture(scope="module")
def refusals(tmp_path_factory):
    """What the API server says of each change that it refuses, applied on its side."""
    if absent := missing(*SERVER):
        pytest.skip(f"{', '.join(absent)}: run .ci/live --build")
    directory = tmp_path_factory.mktemp("changes")
    with Services(directory / "logs") as services:
        api = Cluster(directory, services).api
        yield {name: said for name, case in CASES.items() if (said := refusal(api, *case))}


def refusal(api, before, after, status):
    stored = api.apply(before)
    if stored["kind"] == "CustomResourceDefinition":
        api.await_kind("example.com/v1", "A")  # before that its names may change
    if status:
        api.merge(before, {"status": status}, "status")
    try:
        api.apply(after, dry_run=True)
    except RefusedError as refused:
        return str(refused) or "refused"
    return ""


def test_no_change_that_the_server_takes_is_an_error_here(refusals):
    here = {name for name, case in CASES.items() if is_refused_here(*case)}
    assert sorted(here - refusals.keys()) == []


def test_what_the_server_refuses_and_is_not_found_here_has_a_reason(refusals):
    missed = {name: said for name, said in refusals.items() if not is_refused_here(*CASES[name])}
    assert missed.keys() == MISSED.keys(), missed


def test_the_verdicts_on_record_are_those_of_the_server(refusals):
    """To record them: copy the difference into the file, which the tests without a server read."""
    assert REFUSED.read_text().splitlines() == sorted(refusals)
