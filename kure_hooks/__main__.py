"""The entry point of the console script, also for `python -I -m kure_hooks`.

Without -I, Python imports what lies in the working directory, such as a pull request's checkout.
"""

import gc
import os
import sys

STAMPED = frozenset({"check", "generate"})
"""The commands that a stamp may answer: what runs at every commit, and mostly finds nothing."""

MERGING = "merge-driver"
"""The command that git calls for one file of a merge after the other."""

INTERRUPTED = 130
_TOOL_FAILED = 3

# Modules and results live until the end, so looking for garbage among them is wasted time: a tenth
# of checking 200 clusters. A million values that nobody looks at take 100 MB at most.
_RARELY = 1_000_000


def main() -> None:
    """Run the command line; an interrupt ends it quietly at any moment, loading included."""
    gc.set_threshold(_RARELY)
    try:
        _open_standard_streams()
        code = _run()
        sys.stdout.flush()
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        code = INTERRUPTED
    except OSError as error:
        # Such as that of `--help > /dev/full`; commands deal with their own.
        code = 0 if isinstance(error, BrokenPipeError) else _TOOL_FAILED
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if code:
            sys.stderr.write(f"error: the output can't be written: {error.strerror}\n")
    gc.freeze()  # the end of the process looks for garbage otherwise, which takes 20 ms
    sys.exit(code)


def _run() -> int:
    """Answer by what an earlier run has left where that still holds, else run the command."""
    question = None
    if sys.argv[1:] and sys.argv[1] in STAMPED:
        from kure_hooks import stamps  # noqa: PLC0415 - other commands have no use for them

        question = stamps.ask(sys.argv[1:])
        printed = question.answer() if question else None
        if printed is not None:
            sys.stdout.buffer.write(printed)
            return 0
    elif sys.argv[1:] and sys.argv[1] == MERGING:
        from kure_hooks.stamps import merges  # noqa: PLC0415 - as before

        code = merges.answer(sys.argv[2:])
        if code is not None:
            return code
    from kure_hooks import cli  # noqa: PLC0415 - loading takes most of a short run

    return cli.run(question)


def _open_standard_streams() -> None:
    """Open what the caller has closed as the null device.

    A file that is opened later would get the number of a closed stream, and be written to by
    whoever means the stream.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, "w" if number else "r", closefd=False))  # noqa: SIM115 - a number


if __name__ == "__main__":
    main()
