"""Pipelines: which roles run, and after whom. A pipeline is a DAG with one task for each role."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from core.domain.approval import USUAL_TERMS, Gate, Terms, gate_from_json, terms_from_json
from core.domain.role import canonical_role, check_role_name
from core.domain.text import MAX_NAME_CHARACTERS, clean_line
from core.errors import InvalidInput

MAX_STEPS = 50
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Step:
    """One role's place in a pipeline: it starts when every role in `after` has completed.

    With a `gate` it starts only when a person has approved that, too.
    """

    role: str
    after: tuple[str, ...] = ()
    gate: Gate | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the shape in which a pipeline is stored."""
        approval = {"approval": self.gate.to_json()} if self.gate else {}
        return {"role": self.role, "after": list(self.after), **approval}


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A checked pipeline; make one with `make_pipeline`, so that it has no cycle.

    `terms` hold for approvals that its roles ask for, and for gates that say nothing else.
    """

    name: str
    steps: tuple[Step, ...]
    terms: Terms = USUAL_TERMS

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles in the order of the definition."""
        return tuple(step.role for step in self.steps)

    def stages(self) -> tuple[tuple[str, ...], ...]:
        """Return the roles by stage: a role stands one stage after the last that it waits for."""
        return _stages(self.steps)

    def upstream(self, role: str) -> tuple[str, ...]:
        """Return every role that has completed when `role` starts, in order of the definition."""
        after = {step.role: step.after for step in self.steps}
        found: set[str] = set()
        waiting = list(after[role])
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting.extend(after[name])
        return tuple(name for name in self.roles if name in found)

    def to_json(self) -> dict[str, Any]:
        """Return the shape in which a session freezes its pipeline."""
        approvals = {} if self.terms == USUAL_TERMS else {"approvals": self.terms.to_json()}
        return {"name": self.name, "steps": [step.to_json() for step in self.steps], **approvals}


def make_pipeline(
    name: str,
    steps: Collection[Step],
    known_roles: Collection[str] | None = None,
    terms: Terms = USUAL_TERMS,
) -> Pipeline:
    """Check steps and return them as a pipeline; long role names become the short ones.

    Raises `InvalidInput` when it has no name, is empty or too long, names a role twice, waits for
    a role that is not in it, has a cycle, or names a role outside `known_roles`.
    """
    name = clean_line(name)
    if not 0 < len(name) <= MAX_NAME_CHARACTERS:
        raise InvalidInput(f"A pipeline's name has 1 to {MAX_NAME_CHARACTERS} characters.")
    if not steps:
        raise InvalidInput("The pipeline has no roles.", hint="Name at least one role.")
    if len(steps) > MAX_STEPS:
        raise InvalidInput(f"The pipeline has {len(steps)} roles; {MAX_STEPS} is the most.")
    checked = tuple(
        Step(
            canonical_role(step.role),
            tuple(dict.fromkeys(map(canonical_role, step.after))),
            step.gate,
        )
        for step in steps
    )
    roles = [step.role for step in checked]
    for role in roles:
        check_role_name(role)
        if roles.count(role) > 1:
            raise InvalidInput(f"The pipeline names the role '{role}' twice.")
        if known_roles is not None and role not in known_roles:
            raise InvalidInput(
                f"The role '{role}' is not known in this team.",
                hint="Define it first, or use one of: " + ", ".join(sorted(known_roles)) + ".",
            )
    for step in checked:
        for name_before in step.after:
            if name_before not in roles:
                raise InvalidInput(
                    f"'{step.role}' waits for '{clean_line(name_before)[:50]}', which is not in "
                    "the pipeline."
                )
    _stages(checked)
    return Pipeline(name, checked, terms)


def pipeline_from_json(
    data: Mapping[str, Any], known_roles: Collection[str] | None = None
) -> Pipeline:
    """Read the shape of `Pipeline.to_json`; raises `InvalidInput` when it is not that."""
    try:
        terms = terms_from_json(data.get("approvals") or {})
        steps = [
            Step(
                str(step["role"]),
                tuple(str(role) for role in step.get("after", ())),
                gate_from_json(gate, terms) if (gate := step.get("approval")) else None,
            )
            for step in data["steps"]
        ]
        name = str(data["name"])
    except (KeyError, TypeError, AttributeError) as error:
        raise InvalidInput(
            "The pipeline's definition cannot be read.",
            hint='It looks like {"name": …, "steps": [{"role": …, "after": […]}]}.',
        ) from error
    return make_pipeline(name, steps, known_roles, terms)


def stages_of(tasks: Mapping[T, Step]) -> tuple[tuple[T, ...], ...]:
    """Return tasks by stage, those of one role beside each other; to it several may be routed."""
    by_role: dict[str, list[T]] = {}
    for task, step in tasks.items():
        by_role.setdefault(step.role, []).append(task)
    steps = {step.role: step for step in tasks.values()}
    stages = _stages(tuple(steps.values()))
    return tuple(tuple(task for role in stage for task in by_role[role]) for stage in stages)


def _stages(steps: Collection[Step]) -> tuple[tuple[str, ...], ...]:
    placed: set[str] = set()
    stages: list[tuple[str, ...]] = []
    left = list(steps)
    while left:
        stage = tuple(step.role for step in left if placed.issuperset(step.after))
        if not stage:
            names = ", ".join(step.role for step in left)
            raise InvalidInput(
                f"These roles wait for each other: {names}.",
                hint="A pipeline must have no cycle.",
            )
        stages.append(stage)
        placed.update(stage)
        left = [step for step in left if step.role not in placed]
    return tuple(stages)


SEVEN_ROLES = make_pipeline(
    "seven_roles",
    (
        Step("architect"),
        Step("backend_dev", ("architect",)),
        Step("dba", ("architect",)),
        Step("frontend_dev", ("backend_dev", "dba")),
        Step("ui_ux", ("backend_dev", "dba")),
        Step("security", ("frontend_dev", "ui_ux")),
        Step("it_admin", ("frontend_dev", "ui_ux")),
    ),
)
