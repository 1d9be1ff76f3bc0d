"""Small files that stand for others, whose content a program of git's keeps elsewhere."""

_LFS = (b"version https://git-lfs.github.com/spec/", b"version https://hawser.github.com/spec/")
_SIGNS = (
    (_LFS, "is a pointer of Git LFS, not the file itself; commit the file without LFS"),
    ((b"\0GITCRYPT\0",), "is encrypted with git-crypt; use a file that git stores as it is"),
    ((b"/annex/objects/",), "is a pointer of git-annex, not the file itself; commit the file"),
)

_ALL_SIGNS = tuple(sign for signs, _ in _SIGNS for sign in signs)


def stand_in_problem(data: bytes) -> str | None:
    """Return why a file's bytes are not its content, or None.

    The answer completes the sentence `<path> ...`. Known are what Git LFS (spec v1), git-crypt 0.7
    and git-annex 10 leave in the place of files that they have not been asked for.
    """
    if not data.startswith(_ALL_SIGNS):
        return None
    return next(problem for signs, problem in _SIGNS if data.startswith(signs))
