"""The API server's verdict on objects of built-in kinds, beside the one that needs no server."""

import pytest

from kure_hooks.findings import Severity
from kure_hooks.objects.written import Object
from kure_hooks.validators.admission import faults
from kure_hooks.yamlio import Document
from tests.live.api import RefusedError
from tests.live.cluster import Cluster
from tests.live.programs import SERVER, missing
from tests.live.services import Services
from tests.support.admission_cases import MISSED, REFUSED, cases

CASES = dict(cases())


@pytest.fixture(scope="module")
def refusals(tmp_path_factory):
    """What the API server says of each case that it refuses to make."""
    if absent := missing(*SERVER):
        pytest.skip(f"{', '.join(absent)}: run .ci/live --build")
    directory = tmp_path_factory.mktemp("admission")
    with Services(directory / "logs") as services:
        api = Cluster(directory, services).api
        yield {name: said for name, case in CASES.items() if (said := refusal(api, case))}


def refusal(api, manifest):
    path = api.path(manifest["apiVersion"], manifest["kind"], "default")
    try:
        api.request("POST", f"{path}?dryRun=All", manifest)
    except RefusedError as refused:
        return str(refused) or "refused"
    return ""


def is_refused_here(manifest):
    found = faults([Object(Document("x.yaml", manifest, 0, 0, {}), (), manifest)])
    return any(finding.severity is Severity.ERROR for finding in found)


def test_no_object_that_the_server_takes_is_an_error_here(refusals):
    here = {name for name, case in CASES.items() if is_refused_here(case)}
    assert sorted(here - refusals.keys()) == []


def test_what_the_server_refuses_and_is_not_found_here_has_a_reason(refusals):
    missed = {name: said for name, said in refusals.items() if not is_refused_here(CASES[name])}
    assert missed.keys() == MISSED.keys(), missed
    assert len(refusals) > 300


def test_the_verdicts_on_record_are_those_of_the_server(refusals):
    """To record them: copy the difference into the file, which the tests without a server read."""
    assert REFUSED.read_text().splitlines() == sorted(refusals)
