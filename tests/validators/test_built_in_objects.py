"""Objects of 60 built-in kinds that the API server takes: there is nothing to say about them."""

from pathlib import Path

import pytest

from kure_hooks.validators import Job, validator

OBJECTS = Path(__file__).parents[1] / "live/built_in.yaml"


@pytest.mark.parametrize("kubernetes", ["1.34", "1.35.1", "1.36", "1.37"])
def test_what_the_server_takes_is_right(kubernetes):
    job = Job({"built_in.yaml": OBJECTS.read_bytes()}, kubernetes)
    verdict = validator("embedded").validate(job)
    assert [str(finding) for finding in verdict.findings] == []
    assert verdict.skipped == ()
    assert verdict.checked > 60
