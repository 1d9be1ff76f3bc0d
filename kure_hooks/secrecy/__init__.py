"""What must never be shown: the names that announce a secret, and secrets inside texts."""

from collections.abc import Sequence

HIDDEN = "(hidden)"
HIDDEN_CHANGE = "(hidden, changed)"


def discreet(text: str, value: str, place: Sequence[str | int]) -> str:
    """Return a message without the value that it quotes, if that may be a secret.

    `place` is the path of keys to the value.
    """
    from kure_hooks.secrecy.names import SECRET_DATA, names_secret  # noqa: PLC0415 - only for faults

    keys = [step for step in place if isinstance(step, str)]
    if any(key in SECRET_DATA for key in keys) or (keys and names_secret(keys[-1])):
        return text.replace(value, HIDDEN)
    return text
