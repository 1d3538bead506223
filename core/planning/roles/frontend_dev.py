"""The front-end developer: pages and components, each tied to the operations it calls."""

from __future__ import annotations

from core.domain.work import RoleResult
from core.planning.model import Action, FeatureModel
from core.planning.openapi import body_fields
from core.planning.reading.nouns import camel
from core.planning.roles.report import (
    all_evidence,
    callers,
    decisions,
    made_by,
    markdown,
    notes,
    output,
    overall,
    plain_json,
    table,
)
from core.planning.roles.report import document as artifact_document
from core.planning.structure import pages_faults
from core.planning.validators import validate_structure

_BASICS = (
    "Every form field has a visible label; errors stand beside their field and are announced.",
    "Everything works by keyboard; focus is visible and returns to where it came from.",
    "Status is never shown by colour alone.",
    "Live changes are announced politely, once.",
)


def plan(model: FeatureModel) -> RoleResult:
    """Return pages and components, and what each of them calls."""
    pages = pages_of(model)
    listed = [
        {
            "page": page,
            "components": [_component(action, model) for action in actions],
        }
        for page, actions in pages.items()
    ]
    artifacts = (
        artifact_document(
            "pages",
            "pages",
            "application/json",
            "Pages and components",
            plain_json({"made_by": made_by(model), "pages": listed}),
            evidence=all_evidence(model),
            links=("api",),
            validation=validate_structure(lambda: pages_faults(listed, model)),
        ),
        markdown(
            "page-map",
            "pages",
            "Pages, and the operations they call",
            table(
                ("page", "component", "operation", "for"),
                [
                    (page, name_of(action), action.name, callers(action))
                    for page, actions in pages.items()
                    for action in actions
                ],
            ),
            model=model,
            evidence=all_evidence(model),
            links=("pages", "api"),
        ),
    )
    drafts = decisions(model, "frontend_dev")
    return RoleResult(
        output=output(
            f"{len(pages)} pages with {len(model.actions)} components.",
            "A page for each thing that people do, not for each table; every component names the "
            "operation it calls.",
            drafts,
            [],
            overall(model),
            components=[
                {"name": name_of(action), "page": page, "operation": action.name}
                for page, actions in pages.items()
                for action in actions
            ]
            + [{"name": text, "page": "", "operation": ""} for text in _noted(model)],
            state_management=_state(model),
            code_snippets=_snippets(model),
            accessibility_notes=list(_BASICS),
            artifacts=[artifact.slug for artifact in artifacts],
        ),
        artifacts=artifacts,
        decisions=drafts,
    )


def pages_of(model: FeatureModel) -> dict[str, list[Action]]:
    """Return the actions by the page that offers them; what people do is on one page each."""
    pages: dict[str, list[Action]] = {}
    for action in model.actions:
        if action.signed:
            continue  # another system calls it
        pages.setdefault(action.page or camel(action.entity), []).append(action)
    return pages


def name_of(action: Action) -> str:
    """Return the name of the component that calls an action."""
    stem = action.name[0].upper() + action.name[1:]
    if action.upload:
        return f"{stem}Dropzone"
    if action.many:
        return f"{stem.removeprefix('List')}Table"
    if action.method == "GET":
        return f"{stem.removeprefix('Get')}View"
    return f"{stem}Form" if action.body else f"{stem}Button"


def _component(action: Action, model: FeatureModel) -> dict[str, object]:
    states = ["loading", "failed"]
    if action.many:
        states.append("empty")
    if action.writes:
        states += ["sending", "refused by a rule"]
    return {
        "name": name_of(action),
        "operation": action.name,
        "for": list(action.actors),
        "fields": [
            {"name": field.name, "type": field.type, "required": must}
            for field, must in body_fields(action, model)
        ],
        "states": states,
        "confirms": action.method == "DELETE",
    }


def _noted(model: FeatureModel) -> list[str]:
    return notes(model, "frontend_dev", "component")


def _state(model: FeatureModel) -> list[str]:
    return [
        "Server state lives in one query cache, keyed by operation and parameters; a write "
        "invalidates what it changes.",
        "Form state stays in its form, and survives a failed send.",
        *notes(model, "frontend_dev", "state"),
    ]


def _snippets(model: FeatureModel) -> list[dict[str, str]]:
    action = next((a for a in model.actions if a.method == "POST" and not a.upload), None)
    if action is None:
        return []
    code = (
        f"const key = crypto.randomUUID();  // one key for a click, kept over repeats\n"
        f"await send('{action.method}', '{action.path}', form, {{'Idempotency-Key': key}});"
    )
    return [{"title": f"Call {action.name} safely", "language": "typescript", "code": code}]
