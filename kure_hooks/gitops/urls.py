"""temporary."""


def same_repository(one: str, other: str) -> bool:
    """Tell."""
    return one.removesuffix(".git").rstrip("/") == other.removesuffix(".git").rstrip("/") != ""
