"""The command line's entry point, also for `python -m kure_hooks`."""

from kure_hooks.cli import main

if __name__ == "__main__":
    main(prog_name="kure-hooks")
