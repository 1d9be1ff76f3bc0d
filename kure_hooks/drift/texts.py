"""The text of both sides of a file, as far as it may be shown."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from kure_hooks.drift.masking import Mask, is_suspicious
from kure_hooks.drift.objects import Held, UnreadableError, held
from kure_hooks.secrecy.secret_names import is_secret
from kure_hooks.secrecy.texts import scrub
from kure_hooks.yamlio import dump

_COMMENT = re.compile(r"(?:^|\s)#.*")


@dataclass(frozen=True)
class Texts:
    """Both sides of a file; None where there is none, or none that can be shown."""

    before: str | None
    after: str | None
    masked: bool = False


def texts(path: str, before: bytes | None, after: bytes | None, mask: Mask) -> Texts:
    """Return the texts of two sides, both with secrets hidden if either has any.

    A side with a secret is shown in canonical form, without comments. Raises UnreadableError when
    a side may have secrets and can't be read, so that they can't be told from the rest.
    """
    plain = Texts(_decoded(before), _decoded(after))
    sides = [side for side in (plain.before, plain.after) if side]
    if not any(map(is_suspicious, sides)):
        return plain
    old = _objects(path, before)
    new = _objects(path, after)
    hidden = _hidden(old, new, mask, second=False), _hidden(new, old, mask, second=True)
    comments = "\n".join(match[0] for side in sides for match in _COMMENT.finditer(side))
    if hidden == (_manifests(old), _manifests(new)) and scrub(comments) == comments:
        return plain
    return Texts(
        _dumped(hidden[0]) if before is not None else None,
        _dumped(hidden[1]) if after is not None else None,
        masked=True,
    )


def _decoded(data: bytes | None) -> str | None:
    if data is None:
        return None
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise UnreadableError("it is not UTF-8") from error


def _objects(path: str, data: bytes | None) -> dict[object, Held]:
    return {} if data is None else {each.key: each for each in held(path, data)}


def _hidden(
    side: Mapping[object, Held], other: Mapping[object, Held], mask: Mask, *, second: bool
) -> list[object]:
    """Return the objects of a side with secrets hidden.

    What only this side has is treated as a Secret where only the other side has one: somebody may
    have edited its kind or name.
    """
    edited = any(is_secret(other[key].manifest) for key in other.keys() - side.keys())
    return [
        mask.hide(
            item.manifest,
            other[key].manifest if key in other else None,
            second=second,
            secret=edited and key not in other,
        )
        for key, item in side.items()
    ]


def _manifests(side: Mapping[object, Held]) -> list[object]:
    return [each.manifest for each in side.values()]


def _dumped(manifests: list[object]) -> str:
    return "---\n".join(dump(manifest) for manifest in manifests if isinstance(manifest, dict))
