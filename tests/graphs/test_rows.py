from hypothesis import given

from kure_hooks.graphs.rows import table
from kure_hooks.stack.outline import Part
from tests.graphs.pictures import cluster, dependencies, outlines, walk


def test_a_name_that_is_declared_external_is_elsewhere_even_if_a_bundle_has_it():
    found = table(
        cluster(
            Part("bundle", "infra"),
            Part("bundle", "apps", needs=("infra", "mesh"), external=("infra", "mesh")),
        )
    )
    assert found.external == ("infra", "mesh")
    assert found.needs == ((3, 4), (3, 5))


def test_only_bundles_are_waited_for():
    found = table(cluster(Part("bundle", "apps", needs=("prod",)), name="prod"))
    assert found.external == ("prod",)


def test_the_first_of_two_bundles_of_one_name_is_meant():
    twice = Part("bundle", "infra")
    found = table(cluster(twice, Part("bundle", "apps", needs=("infra",)), twice))
    assert found.needs == ((3, 2),)


@given(outline=outlines())
def test_rows_are_the_parts_in_their_order_and_know_where_they_are(outline):
    found = table(outline)
    assert [row.part for row in found.rows] == list(walk(outline))
    for number, row in enumerate(found.rows):
        if row.above is None:
            assert (number, row.depth) == (0, 0)
        else:
            above = found.rows[row.above]
            assert row.above < number
            assert row.depth == above.depth + 1
            assert row.part in above.part.parts


@given(outline=outlines())
def test_no_dependency_is_lost(outline):
    found = table(outline)
    pairs = sorted((found.names[row], found.names[needed]) for row, needed in found.needs)
    assert pairs == dependencies(outline)
