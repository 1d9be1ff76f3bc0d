"""The random custom resources: what a comparison with the API server is made of."""

from collections import Counter

import pytest

from tests.support.custom_resources import kinds_at_hand, samples

PART = 60


@pytest.fixture(scope="module")
def kinds():
    return kinds_at_hand(20)


def test_same_seed_makes_the_same_objects(kinds):
    kind = kinds[0]
    first, again, other = (list(samples(kind, seed=seed, count=PART)) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_of_many_kinds(kinds):
    assert len({(kind.group, kind.name) for kind in kinds}) >= 20


def test_right_and_wrong_ones(kinds, oracle):
    """A kind has objects that the API server takes, and none is only ever taken."""
    made = Counter()
    types = Counter()
    for kind in kinds[::3]:
        drawn = list(samples(kind, seed=1, count=PART))
        judgements = oracle(kind.crd, [content for _, content in drawn], version=kind.version)
        valid = [judgement.valid for judgement in judgements]
        assert 3 <= sum(valid) <= PART - 5, str(kind)
        for (change, _), judgement in zip(drawn, judgements, strict=True):
            made[change == "as made", judgement.valid] += 1
            types.update({fault.type for fault in judgement.errors})
            types["unknown"] += bool(judgement.unknown)
            types["rule"] += any("failed rule" in fault.detail for fault in judgement.errors)
    assert made[True, True] > 3 * made[True, False]
    assert made[False, False] > made[False, True]
    seen = {name for name, count in types.items() if count >= 2}
    assert seen >= {
        "BadRequest",
        "FieldValueInvalid",
        "FieldValueRequired",
        "FieldValueTypeInvalid",
        "FieldValueNotSupported",
        "FieldValueDuplicate",
        "unknown",
    }
