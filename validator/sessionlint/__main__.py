"""The entry point of the command: `sessionlint`, or `python -m sessionlint`."""

import gc
import sys

_OBJECTS_BETWEEN_COLLECTIONS = 100_000
"""The interpreter's 700 would collect dozens of times while modules load, and find nothing."""


def main() -> None:
    """Runs the command, and hardly the collector of reference cycles: it is a sixth of a hook's time.

    Neither loading modules nor checking payloads makes cycles that would add up, so the collector runs
    seldom, and not at all at the end, when the interpreter would look through all that is loaded.
    """
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    try:
        from sessionlint.cli import main as command

        command()
    except KeyboardInterrupt:  # while modules load: later, the command sees to it
        sys.exit(130)
    finally:
        gc.freeze()


if __name__ == "__main__":
    main()
