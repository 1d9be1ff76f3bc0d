"""The places of manifests in the documents and files that they come from."""

from kure_hooks.decoding.objects import items
from kure_hooks.errors import InputError, ReadError
from kure_hooks.files.tree import MAX_LARGE, Tree
from kure_hooks.findings import Location
from kure_hooks.stack.interface import Product
from kure_hooks.stack.model import Application
from kure_hooks.yamlio import agreed, read
from kure_hooks.yamlio.place import Place


def place_of(application: Application, product: Product, index: int, tree: Tree) -> Place | None:
    """Return the place of a manifest of a product, None for one that nobody wrote as an object.

    A file is read again, so this is for findings, of which there are few.
    """
    places = product.places
    if index >= len(places):
        return None
    at = places[index]
    if at is not None:
        return _in_file(at, tree)
    before = sum(each is None for each in places[:index])
    pointers = [
        ("spec", "objects", number, *pointer)
        for number, value in enumerate(getattr(application.spec, "objects", ()))
        for pointer, _ in items(value)
    ]
    return application.key(*pointers[before]) if before < len(pointers) else None


def _in_file(at: Location, tree: Tree) -> Place | None:
    try:
        documents = read(tree.read(at.path, MAX_LARGE), at.path, agreed, most=MAX_LARGE)
    except (InputError, ReadError):
        return None
    found = (
        Place(document, pointer)
        for document in documents
        for pointer, _ in items(document.value)
        if document.at(*pointer) == at
    )
    return next(found, None)
