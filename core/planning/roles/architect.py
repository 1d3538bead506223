"""The architect: what was understood, components, strategic decisions, open questions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.domain.artifact import Artifact, Evidence
from core.domain.decision import DecisionDraft
from core.domain.work import RoleResult
from core.planning.model import FeatureModel
from core.planning.packs import BY_SLUG
from core.planning.packs.pack import Choice, Option
from core.planning.plan import contributions
from core.planning.roles.report import (
    all_evidence,
    decision,
    decisions,
    document,
    made_by,
    markdown,
    output,
    overall,
    people,
    plain_json,
    quote,
    table,
)
from core.planning.structure import model_faults
from core.planning.validators import validate_structure

_HOME = Choice(
    "home",
    "Build it as a module of the existing application, on its PostgreSQL.",
    "The rules of the brief hold across several tables; one database keeps them in one "
    "transaction, and sign-in, roles and operation are there already.",
    "architecture",
    (
        Option("A service of its own", "splits rules over two databases and doubles operation"),
        Option("A bought product beside it", "would need the same people, rights and data twice"),
    ),
    "when another team takes the feature over, or it makes a third of the application's requests",
)
_MAX_STRATEGIC = 6
_TECHNOLOGY = {
    "data": ["PostgreSQL 15 or later", "the application's HTTP server", "a background worker"],
    "interface": ["CSS custom properties", "the application's front end", "PostgreSQL"],
    "performance": ["PostgreSQL 15 or later", "pg_stat_statements", "the pages that are there"],
    "migration": ["PostgreSQL 15 or later", "a background worker", "both systems' interfaces"],
    "integration": ["PostgreSQL 15 or later", "a background worker", "HTTPS with signed calls"],
}


def plan(model: FeatureModel) -> RoleResult:
    """Return the architect's result; without a plan, the questions that would make one."""
    return _planned(model) if model.plannable else _questioned(model)


def _questioned(model: FeatureModel) -> RoleResult:
    questions = tuple(question.text for question in model.questions)
    understood = _understood(model)
    missed = model.not_understood
    body = "\n\n".join(
        [
            f"No plan was made: {_why_not(model)}",
            "## Questions\n\n" + "\n".join(f"{n}. {q}" for n, q in enumerate(questions, 1)),
            "## Understood\n\n" + _bullets(understood),
            "## Not understood\n\n" + _bullets(f"“{text}”" for text in missed),
        ]
    )
    artifacts = (
        markdown(
            "open-questions",
            "questions",
            "Questions before a plan",
            body,
            model=model,
            evidence=[item for q in model.questions for item in q.evidence],
            links=("feature-model",),
        ),
        _model_artifact(model),
    )
    return RoleResult(
        output=output(
            f"The brief could not be planned: {_why_not(model)}",
            "Ask before inventing anything.",
            (),
            [f"not understood: {text}" for text in missed],
            "low",
            architecture_patterns=[],
            component_diagram="",
            technology_stack=[],
            integration_points=[],
            feature_model=model.to_json(),
            understood=understood,
            not_understood=list(missed),
            questions=list(questions),
            artifacts=[artifact.slug for artifact in artifacts],
        ),
        artifacts=artifacts,
        outcome="needs_input",
        questions=questions,
    )


def _planned(model: FeatureModel) -> RoleResult:
    drafts = architect_decisions(model)
    diagram = component_diagram(model)
    artifacts = (
        _model_artifact(model),
        _components(model, diagram),
        _rules(model),
        _open_questions(model),
    )
    concerns = [f"open: {question.text}" for question in model.questions]
    concerns += [f"not understood: {text}" for text in model.not_understood]
    return RoleResult(
        output=output(
            _analysis(model),
            "Keep each rule of the brief in the place where it cannot be walked around: the "
            "database first, then the interface, then jobs and alerts.",
            drafts,
            concerns,
            overall(model),
            architecture_patterns=_patterns(model),
            component_diagram=diagram,
            technology_stack=_TECHNOLOGY.get(model.kind, []),
            integration_points=_integration_points(model),
            feature_model=model.to_json(),
            not_understood=list(model.not_understood),
            questions=[question.text for question in model.questions],
            artifacts=[artifact.slug for artifact in artifacts],
        ),
        artifacts=artifacts,
        decisions=drafts,
    )


def component_diagram(model: FeatureModel) -> str:
    """Return the components as a Mermaid flowchart."""
    lines = ["flowchart LR"]
    for number, actor in enumerate(model.actors or (), 1):
        lines.append(f'    actor{number}(["{_label(actor.title)}"]) --> pages')
    if not model.actors:
        lines.append('    actor1(["user"]) --> pages')
    lines += [
        f'    pages["Pages<br/>{len({a.page for a in model.actions if a.page})} pages"] --> api',
        f'    api["HTTP interface<br/>{len(model.actions)} operations"] --> database',
        f'    database[("PostgreSQL<br/>{len(model.new_entities)} new tables")]',
    ]
    for number, (job, _) in enumerate(contributions(model).jobs, 1):
        lines.append(f'    job{number}{{{{"{_label(job.name)}"}}}} --> database')
    if _has(model, "upload"):
        lines.append('    api --> files[("object storage")]')
    if _has(model, "export"):
        lines.append('    api --> exports[/"CSV for the receiver"/]')
    if _sends_mail(model):
        lines.append('    database --> mail[/"e-mail, push"/]')
    return "\n".join(lines)


def _components(model: FeatureModel, diagram: str) -> Artifact:
    rows = [
        (
            "Pages",
            "show and collect",
            ", ".join(dict.fromkeys(a.page for a in model.actions if a.page)),
        ),
        ("HTTP interface", "checks who may do what", f"{len(model.actions)} operations"),
        (
            "PostgreSQL",
            "keeps the rules",
            ", ".join(entity.title for entity in model.new_entities) or "indexes only",
        ),
    ]
    rows += [("Job", job.name, job.does) for job, _ in contributions(model).jobs]
    body = (
        f"{_analysis(model)}\n\n```mermaid\n{diagram}\n```\n\n"
        f"{table(('component', 'task', 'what'), rows)}\n\n"
        f"## Integration points\n\n{_bullets(_integration_points(model))}\n\n"
        f"## Not part of it\n\n{_bullets(model.non_goals)}"
    )
    return markdown(
        "components",
        "components",
        "Components",
        body,
        model=model,
        evidence=all_evidence(model),
        links=("feature-model", "rules"),
    )


def _rules(model: FeatureModel) -> Artifact:
    parts = []
    for rule in model.rules:
        rows = [(m.kind, m.where, m.how) for m in rule.mechanisms]
        parts.append(
            f"## {rule.slug}\n\n{rule.text}\n\nFrom the brief: {quote(rule.evidence)}\n\n"
            f"{table(('kept by', 'where', 'how'), rows)}"
        )
    if not parts:
        parts.append("No rule is in force." if model.omissions else "The brief names no rules.")
    return markdown(
        "rules",
        "rules",
        "Rules and how they are kept",
        "\n\n".join(parts),
        model=model,
        evidence=[item for rule in model.rules for item in rule.evidence if item.words],
        links=("feature-model",),
    )


def _open_questions(model: FeatureModel) -> Artifact:
    rows = [
        (question.text, question.assumption or "–", quote(question.evidence))
        for question in model.questions
    ]
    body = "The plan holds with the assumptions beside the questions, until somebody answers.\n\n"
    body += table(("question", "assumed so far", "because of"), rows)
    missed = _bullets(f"“{text}”" for text in model.not_understood)
    body += f"\n\n## Not understood\n\n{missed}"
    if model.background:
        told = _bullets(f"“{text}”" for text in model.background)
        body += f"\n\n## Read as background, not as a demand\n\n{told}"
    return markdown(
        "open-questions", "questions", "Open questions", body, model=model, links=("feature-model",)
    )


def _model_artifact(model: FeatureModel) -> Artifact:
    body = {"made_by": made_by(model), **model.to_json()}
    return document(
        "feature-model",
        "feature_model",
        "application/json",
        "Feature model",
        plain_json(body),
        evidence=(*model.kind_evidence, *all_evidence(model)),
        validation=validate_structure(lambda: model_faults(model)),
    )


def architect_decisions(model: FeatureModel) -> tuple[DecisionDraft, ...]:
    """Return what the architect decides; a function of the feature model alone.

    At most `_MAX_STRATEGIC` stand on the session: what a person decided, then what is hardest to
    change later. The others are decisions of the task; none is lost.
    """
    brought = decisions(model, "architect")
    if model.kind == "data":
        # It follows from the kind of the brief, not from words about architecture: at most medium.
        why = tuple(Evidence(e.words, "pack.kind") for e in model.kind_evidence)
        brought = (decision(_HOME, why), *brought)
    # A person's own decision stands first of what is brought.
    has_persons_choice = bool(model.omissions)
    ranked = sorted(range(len(brought)), key=lambda n: (_weight(brought[n], has_persons_choice), n))
    strategic = set(ranked[:_MAX_STRATEGIC])
    return tuple(
        draft if number in strategic else replace(draft, strategic=False)
        for number, draft in enumerate(brought)
    )


def _weight(draft: DecisionDraft, has_persons_choice: bool) -> int:
    """Say how soon a decision has to be taken; the smaller, the harder it is to change later."""
    if has_persons_choice and draft.category == "process":
        return 0
    order = ("architecture", "security", "data", "interface", "technology")
    return order.index(draft.category) + 1 if draft.category in order else len(order) + 1


def _analysis(model: FeatureModel) -> str:
    packs = [BY_SLUG[match.slug].title for match in model.packs if match.slug in BY_SLUG]
    named = ", ".join(dict.fromkeys(packs)) or "what a person named"
    return (
        f"{_a(model.kind).capitalize()} feature with {len(model.actors)} named roles, "
        f"{len(model.new_entities)} new tables, {len(model.actions)} operations and "
        f"{len(model.rules)} rules. It was "
        f"recognised as: {named}. {len(model.questions)} questions are open."
    )


def _patterns(model: FeatureModel) -> list[str]:
    patterns = {
        "api-key": "secrets stored as hashes, checked at the edge",
        "audit": "audit trail written by triggers, append-only",
        "dashboard": "rolled-up numbers, each with one definition",
        "permission": "roles within a scope, closed by default",
        "preference": "typed preferences with defaults, one row a user",
        "quota": "counters that refuse above their limit, in the transaction of what they count",
        "report": "scheduled runs, once for each period",
        "search": "weighted full-text search beside the permission filter",
        "sharing": "ways in as rows with an end",
        "sign-in": "sessions as rows, found by the hash of a cookie",
        "approval": "append-only decisions with a state machine",
        "erasure": "request with grace, then a manifest of what each table did",
        "exchange": "compare-and-set on a state machine, effect on confirmation",
        "export": "stored runs with idempotent items",
        "import": "stored runs with a row for each line, each of them undone by its effects",
        "notification": "transactional outbox",
        "upload": "object storage with checked, signed access",
        "offline": "client outbox with idempotency keys",
        "rest-period": "exclusion constraint",
        "integration": "outbox and stored inbound events, reconciled every night",
        "interface": "the same operations behind new pages",
        "messaging": "append-only messages with read markers",
        "migration": "waves with one system in charge of each row, and a way back",
        "moderation": "access through a case, not through a role",
        "performance": "an index that reads in order, then sums kept ready",
        "retention": "retention as data, purged in batches",
        "search-speed": "full-text and trigram indexes beside the permission filter",
        "theme": "design tokens by purpose",
        "records": "owned records with optimistic locking",
    }
    slugs = dict.fromkeys(match.slug for match in model.packs)
    found = [patterns[slug] for slug in slugs if slug in patterns]
    return found or ["rules kept by the database, operations around them"]


def _integration_points(model: FeatureModel) -> list[str]:
    points = ["sign-in and roles of the existing application"]
    existing = [e.title for e in model.entities if e.existing and e.name != "user"]
    points += [f"existing table of {title}" for title in existing]
    if _has(model, "upload"):
        points.append("object storage for files")
    if _has(model, "export"):
        points.append("the receiver of the export file")
    if _sends_mail(model):
        points.append("the provider of e-mail and push")
    return points


def _understood(model: FeatureModel) -> list[str]:
    found = [f"role: {people([actor.name])}" for actor in model.actors]
    found += [f"{BY_SLUG[match.slug].title}: {quote(match.evidence)}" for match in model.packs]
    return found or ["nothing that a plan could stand on"]


def _why_not(model: FeatureModel) -> str:
    if model.kind == "other_language":
        language = model.kind_evidence[0].words if model.kind_evidence else "another language"
        return f"it is not in English ({language})."
    if model.kind == "none":
        return "nothing in it says who should be able to do what with which things."
    return (
        f"it looks like {_a(model.kind)} feature, but too much of it is beyond the rules that are "
        "there."
    )


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeio" else f"a {kind}"


def _bullets(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items) or "- nothing"


def _has(model: FeatureModel, slug: str) -> bool:
    return any(match.slug == slug for match in model.packs)


def _sends_mail(model: FeatureModel) -> bool:
    mailing = {"messaging.unread-mail", "sign-in.recovery", "quota.warning"}
    return any(_has(model, slug) for slug in ("notification", "report", "sharing")) or any(
        rule.slug in mailing for rule in model.rules
    )


def _label(text: str) -> str:
    return "".join(c for c in text if c.isalnum() or c in " -_").strip() or "role"
