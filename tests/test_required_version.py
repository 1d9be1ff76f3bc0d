"""The versions of kure-hooks that settings require, held against the library for PEP 440."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from kure_hooks import __version__, config
from kure_hooks.config.required_version import admits
from kure_hooks.errors import InputError
from kure_hooks.files.memory import MemoryTree

NUMBERS = st.lists(st.integers(0, 3), min_size=1, max_size=3).map(
    lambda parts: ".".join(map(str, parts))
)
VERSIONS = st.builds("{}{}".format, NUMBERS, st.sampled_from(["", "", "", "rc1", "a2", ".dev3"]))
CLAUSES = st.one_of(
    st.builds("{}{}".format, st.sampled_from(["==", "!=", "<=", ">="]), VERSIONS),
    st.builds("{}{}".format, st.sampled_from(["<", ">"]), NUMBERS),
    st.builds("{}{}.*".format, st.sampled_from(["==", "!="]), NUMBERS),
    st.builds("~={}.{}".format, st.integers(0, 3), NUMBERS),
)


@given(st.lists(CLAUSES, min_size=1, max_size=3), NUMBERS)
def test_released_versions_are_judged_as_packaging_does(clauses, version):
    specifier = ", ".join(clauses)
    assert admits(specifier, version) == (Version(version) in SpecifierSet(specifier))


@given(VERSIONS, VERSIONS)
def test_versions_are_ordered_as_packaging_does(one, other):
    assert admits(f">={other}", one) == (Version(one) >= Version(other))
    assert admits(f"=={other}", one) == (Version(one) == Version(other))


@pytest.mark.parametrize(
    "text",
    ["", "1.0", "=1", ">=", "latest", "^1.2", "~=1", ">=1.*", "==1.x", ">=1,,<2", "==1.0rc1.*"],
)
def test_what_is_no_range(text):
    assert admits(text, "1.0") is None


def settings(text):
    return config.load(MemoryTree({config.FILE_NAME: text.encode()}))


def test_it_is_checked_before_all_else():
    with pytest.raises(InputError) as error:
        settings("future: {key: 1}\nrequiredVersion: '>=99'\nstacks: 5\n")
    (finding,) = error.value.findings
    assert str(finding) == (
        ".kure-hooks.yaml:2:18: requiredVersion: this repository needs kure-hooks >=99, and this "
        f"is {__version__}. Install another version, or change `rev` in .pre-commit-config.yaml."
    )


def test_a_range_that_is_met_changes_nothing():
    assert settings("requiredVersion: '>=0.1,<99'\n").stacks == config.Settings().stacks
    with pytest.raises(InputError, match="future"):
        settings("requiredVersion: '>=0.1'\nfuture: 1\n")


def test_a_range_that_is_none():
    with pytest.raises(InputError) as error:
        settings("requiredVersion: newest\n")
    assert str(error.value).endswith(
        '"newest" is no range of versions. Write one such as ">=0.1,<2".'
    )
    with pytest.raises(InputError, match="requiredVersion"):
        settings("requiredVersion: 1\n")
