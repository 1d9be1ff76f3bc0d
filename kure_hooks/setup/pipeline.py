"""The pipeline of GitLab that a repository has, as far as a new job depends on it."""

import re

from msgspec import Struct

from kure_hooks.decoding import decode
from kure_hooks.setup.surroundings import PIPELINE
from kure_hooks.yamlio import read

# GitLab's own tag for parts of other jobs, which stands before a list.
_REFERENCE = re.compile(r"(?<![^\s,:\[{])!reference(?=[\s\[])")
_DEFAULT = "test"


class _Pipeline(Struct):
    stages: list[str] | None = None


def stage(text: str) -> str:
    """Return the stage for a new job: empty for the default one, else the first that there is.

    Raises InputError for a pipeline that can't be read, or is none.
    """
    documents = read(_REFERENCE.sub("", text).encode(), PIPELINE)
    stages = [decode(document, _Pipeline).stages or [] for document in documents][-1:]
    names = stages[0] if stages else []
    return "" if _DEFAULT in names or not names else names[0]
