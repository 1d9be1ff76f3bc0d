"""What a stack was read of is gone once its tree is made: a fleet takes no more memory for it."""

import gc

import pytest

from kure_hooks.yamlio import Document
from tests.support.generate import application, leaf, node, tree


def documents():
    return sum(isinstance(each, Document) for each in gc.get_objects())


@pytest.mark.parametrize("engine", ["flux", "argocd"])
def test_documents_are_gone_without_a_collection_of_garbage(engine):
    root = node("", leaf("one", application("web")), leaf("two", dependsOn=["one"]))
    tree(root, engine=engine)  # loads what it takes
    gc.collect()
    before = documents()
    gc.disable()
    try:
        assert tree(root, engine=engine)
        assert documents() == before
    finally:
        gc.enable()
