"""The entry point of the console script, also for `python -m kure_hooks`."""

import gc
import sys

INTERRUPTED = 130

# Modules and results live until the end, so looking for garbage among them is wasted time.
_RARELY = 200_000


def main() -> None:
    """Run the command line; an interrupt ends it quietly at any moment, loading included."""
    gc.set_threshold(_RARELY)
    try:
        from kure_hooks import cli  # noqa: PLC0415 - inside the try: loading takes most of a short run

        sys.exit(cli.run())
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
