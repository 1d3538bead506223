"""The designer: user flows, wireframes in words, tokens, and an accessibility checklist."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from core.domain.artifact import Artifact
from core.domain.work import RoleResult
from core.planning.model import Action, FeatureModel
from core.planning.roles.frontend_dev import name_of, pages_of
from core.planning.roles.report import (
    all_evidence,
    decisions,
    markdown,
    notes,
    output,
    overall,
    table,
)
from core.planning.states import state_diagram, state_fields, steps_of

_SHARED = "everybody signed in"
_ORDER = (
    ("list", "search", "count", "find"),
    ("create", "start", "offer", "invite", "share", "book", "reserve", "import", "connect"),
    ("get", "read", "open"),
    ("upload", "update", "change", "map", "correct", "add", "grant"),
    ("pay", "confirm", "submit", "accept", "send", "report", "apply", "move", "comment", "reply"),
    ("decide", "handle", "mark", "approve", "check", "release"),
    ("set", "block", "unblock", "choose", "schedule"),
    ("",),
    (
        "cancel",
        "withdraw",
        "delete",
        "revoke",
        "remove",
        "leave",
        "end",
        "archive",
        "undo",
        "refund",
    ),
)
_UNNAMED = _ORDER.index(("",))
_TOKENS = (
    "space: 4, 8, 16, 24, 32 px",
    "text: 16 px on 24 px, headings 20 and 28 px",
    "target: at least 44 by 44 px",
    "success, warning, danger: each with an icon and a word",
)
# WCAG 2.2 criteria that a plan can already speak about; `when` names the trait that calls for it.
_CHECKS = (
    ("1.1.1", "Images have a text alternative", "upload"),
    ("1.3.1", "Tables have header cells, forms have labels", ""),
    ("1.4.3", "Text has a contrast of 4.5 to 1", ""),
    ("1.4.10", "Everything fits 320 px without scrolling sideways", ""),
    ("1.4.11", "Controls and charts have a contrast of 3 to 1", ""),
    ("2.1.1", "Everything works by keyboard", ""),
    ("2.4.3", "Focus order follows the reading order", ""),
    ("2.5.8", "Targets are large enough to hit", ""),
    ("3.3.1", "Errors are told in words, beside their field", "form"),
    ("3.3.4", "What binds or deletes can be checked or taken back", "delete"),
    ("3.3.7", "Nothing is asked twice", "form"),
    ("4.1.3", "Changes of status are announced", ""),
)


def plan(model: FeatureModel) -> RoleResult:
    """Return the flows of each role, and the checks that the pages must pass."""
    flows = user_flows(model)
    checks = _checks(model)
    artifacts = (_flows_artifact(model, flows), _checklist(model, checks))
    drafts = decisions(model, "ui_ux")
    planned = sum(done for _, _, done in checks)
    return RoleResult(
        output=output(
            f"{len(flows)} flows over {len(pages_of(model))} pages.",
            "Follow each role through its task; show what the rules allow before somebody hits "
            "them.",
            drafts,
            [f"{number}: to be tested by hand" for number, _, done in checks if not done],
            overall(model),
            user_flows=[
                {"actor": actor, "steps": [action.name for action in actions]}
                for actor, actions in flows.items()
            ],
            wireframe_description=[
                f"{page}: {', '.join(name_of(action) for action in actions)}"
                for page, actions in pages_of(model).items()
            ],
            design_tokens=[*_TOKENS, *notes(model, "ui_ux", "token")],
            accessibility_score={
                "planned_for": planned,
                "of": len(checks),
                "note": "criteria that the plan provides for; not a measurement",
            },
            artifacts=[artifact.slug for artifact in artifacts],
        ),
        artifacts=artifacts,
        decisions=drafts,
    )


def user_flows(model: FeatureModel) -> dict[str, list[Action]]:
    """Return, for each role of the brief, the actions it takes in their order."""
    flows: dict[str, list[Action]] = {}
    for actor in model.actors:
        mine = _in_order(action for action in model.actions if actor.name in action.actors)
        if mine:
            flows[actor.title] = mine
    shared = _in_order(a for a in model.actions if not a.actors and not a.signed)
    if shared:
        flows[_SHARED] = shared
    return flows


def _in_order(actions: Iterable[Action]) -> list[Action]:
    """Sort actions as people come to them: look, begin, fill, send, decide, clean up."""
    return sorted(actions, key=_rank)


def _rank(action: Action) -> int:
    ranks = (
        rank
        for rank, verbs in enumerate(_ORDER)
        if rank != _UNNAMED and action.name.startswith(verbs)
    )
    return next(ranks, _UNNAMED)


def _flows_artifact(model: FeatureModel, flows: dict[str, list[Action]]) -> Artifact:
    parts = []
    for number, (actor, actions) in enumerate(flows.items(), 1):
        steps = "\n".join(
            f"{step}. {action.summary} ({action.page}, `{action.name}`)"
            for step, action in enumerate(actions, 1)
        )
        if actor == _SHARED:
            parts.append(f"## {number}. {actor.capitalize()}, in any order\n\n{steps}")
            continue
        nodes = [
            f'    s{step}["{_label(action.summary)}"]' for step, action in enumerate(actions, 1)
        ]
        arrows = _arrows(actions)
        diagram = "\n".join(["flowchart TD", *nodes, *arrows])
        parts.append(f"## {number}. {actor.capitalize()}\n\n{steps}\n\n```mermaid\n{diagram}\n```")
    remarks = notes(model, "ui_ux", "flow")
    if remarks:
        parts.append("## In all flows\n\n" + "\n".join(f"- {text}" for text in remarks))
    parts.append("## States of what people see\n\n" + _states(model))
    return markdown(
        "user-flows",
        "flows",
        "User flows",
        "\n\n".join(parts),
        model=model,
        evidence=all_evidence(model),
        links=("pages", "api"),
    )


def _arrows(actions: list[Action]) -> list[str]:
    """Lead from each step to the next; what takes something back is another way out, dotted."""
    onwards = [step for step, action in enumerate(actions, 1) if _rank(action) <= _UNNAMED]
    back = [step for step in range(1, len(actions) + 1) if step not in onwards]
    if not onwards:
        onwards, back = back, []
    last = onwards[-1]
    return [
        *(f"    s{step} --> s{after}" for step, after in pairwise(onwards)),
        *(f"    s{last} -.-> s{step}" for step in back),
    ]


def _states(model: FeatureModel) -> str:
    rows, drawn, unsaid = [], [], []
    for entity in model.entities:
        for field in state_fields(entity, model):
            rows.append((entity.title, field.name, ", ".join(field.choices)))
            steps = steps_of(entity, field, model)
            if steps:
                diagram = state_diagram(field, steps)
                drawn.append(f"### {entity.title.capitalize()}\n\n```mermaid\n{diagram}\n```")
            else:
                unsaid.append(f"{entity.title} ({field.name})")
    if not rows:
        return "Nothing here has states."
    parts = [table(("thing", "field", "states"), rows), *drawn]
    if unsaid:
        parts.append(
            f"No rule says which state follows which for: {', '.join(unsaid)}. Ask before drawing."
        )
    if drawn:
        parts.append("A state without an arrow is reached in a way that no rule spells out.")
    return "\n\n".join(parts)


def _checks(model: FeatureModel) -> list[tuple[str, str, bool]]:
    traits = {""}
    if any(action.upload for action in model.actions):
        traits.add("upload")
    if any(action.body for action in model.actions):
        traits.add("form")
    if any(action.method == "DELETE" for action in model.actions):
        traits.add("delete")
    # Contrast and reflow can only be seen on a screen; the plan cannot claim them.
    by_hand = {"1.4.3", "1.4.10", "1.4.11"}
    return [
        (number, text, number not in by_hand) for number, text, when in _CHECKS if when in traits
    ]


def _checklist(model: FeatureModel, checks: list[tuple[str, str, bool]]) -> Artifact:
    rows = [
        (f"WCAG {number}", text, "in the plan" if done else "by hand, on the built page")
        for number, text, done in checks
    ]
    rows += [("wish", quality.text, "by hand") for quality in model.qualities]
    return markdown(
        "accessibility",
        "checklist",
        "Accessibility checklist",
        table(("criterion", "what", "checked"), rows),
        model=model,
        evidence=[item for quality in model.qualities for item in quality.evidence],
        links=("pages", "user-flows"),
    )


def _label(text: str) -> str:
    return text.replace('"', "'").replace("<", "").replace(">", "")
