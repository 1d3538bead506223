"""The command line's entry: `./sage`, or `python -m cli`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from cli.processes import ROOT


def settle_data_dir() -> None:
    """Make SAGE_DATA_DIR absolute, so that every process that we start means the same folder.

    What the caller gave counts from the caller's folder, the default from the project's.
    """
    given = os.environ.get("SAGE_DATA_DIR")
    folder = Path(given).expanduser().absolute() if given else ROOT / ".data"
    os.environ["SAGE_DATA_DIR"] = str(folder)


def main() -> int:
    """Run one command and return its exit code."""
    settle_data_dir()
    try:
        from cli.main import run  # noqa: PLC0415  a missing package is told below
    except ModuleNotFoundError as error:
        print(f"The package '{error.name}' is missing in {sys.prefix}.", file=sys.stderr)
        print(f"Run `make run` in {ROOT}; it installs what is missing.", file=sys.stderr)
        return 3
    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
