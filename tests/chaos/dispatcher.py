"""A dispatcher as it is, unless a mutant takes a guard out."""

from __future__ import annotations

from tests.chaos.mutants import take_out_guard
from workers.dispatcher import main

if __name__ == "__main__":
    take_out_guard()
    main()
