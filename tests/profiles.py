"""How hard Hypothesis looks: `HYPOTHESIS_PROFILE` is ci (the default, always the same), or deep."""

from __future__ import annotations

import os
from collections.abc import Mapping

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

_SLOW_IS_FINE = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]

settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=60,
    stateful_step_count=30,
    print_blob=True,
    suppress_health_check=_SLOW_IS_FINE,
)
settings.register_profile(
    "deep",
    deadline=None,
    database=None,
    max_examples=1000,
    stateful_step_count=60,
    print_blob=True,
    suppress_health_check=_SLOW_IS_FINE,
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

# What talks to servers gets fewer examples, in the same proportion in each profile.
WITH_SERVERS = max(1, settings().max_examples // 4)

ROUNDS = 6  # one round alone now and then misses what is rare


def run_until_all_seen(
    machine: type[RuleBasedStateMachine], seen: Mapping[object, int], examples: int, steps: int
) -> None:
    """Run a machine on servers, and again with other random steps until it met all of `seen`.

    What its rules draw depends on what the servers hold, so that not even a fixed seed promises to
    meet each state; a machine that never meets one tests less than it says, and fails.
    """
    for number in range(ROUNDS):
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=examples,
                stateful_step_count=steps,
                derandomize=number == 0 and settings().derandomize,
                phases=[Phase.generate],  # with servers, shrinking takes minutes and seldom helps
                suppress_health_check=list(HealthCheck),
            ),
        )
        if all(seen.values()):
            return
    raise AssertionError(f"never met: {[name for name, count in seen.items() if not count]}")
