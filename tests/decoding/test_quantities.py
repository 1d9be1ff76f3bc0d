import pytest

from kure_hooks.decoding.quantities import amount, quantity_problem


@pytest.mark.parametrize(
    ("value", "near"),
    [
        ("512MB", "512M"),
        ("1Gb", "1G"),
        ("1GiB", "1Gi"),
        ("1gi", "1Gi"),
        ("1 Gi", "1Gi"),
        ("1K", "1k"),
        ("2cores", "2"),
        ("100b", "100"),
        ("1.5GB", "1.5G"),
        ("abc", "500m, 2 or 64Mi"),
        ("", "500m, 2 or 64Mi"),
        ("1Mi2", "500m, 2 or 64Mi"),
    ],
)
def test_what_is_no_quantity_has_one_near(value, near):
    problem, expected = quantity_problem(value)
    assert problem == f'"{value}" is no quantity'
    assert expected == f"a quantity such as {near}"


@pytest.mark.parametrize("value", ["1", 1, 0.5, "1e3", "1E3", "+1", ".5Gi", "1.", "5n", "9Ei"])
def test_what_a_quantity_is(value):
    assert quantity_problem(value) is None
    assert amount(value) is not None


@pytest.mark.parametrize("value", [None, True, [], {}, "${size}", "ENC[x]", "${size}Gi"])
def test_what_is_not_judged(value):
    assert quantity_problem(value) is None


def test_a_quantity_is_not_below_zero():
    assert quantity_problem("-1Gi") == ("the quantity -1Gi is negative", "zero or more")
    assert quantity_problem("-1Gi", signed=True) is None
    assert quantity_problem("-0") is None
