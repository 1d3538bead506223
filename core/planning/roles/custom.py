"""A role that a team has defined itself: a modest review of what the roles before it left open."""

from __future__ import annotations

from core.domain.work import RoleResult, RoleWork
from core.planning.model import FeatureModel
from core.planning.reading.nouns import snake
from core.planning.roles.report import all_evidence, markdown, output, overall, quote, table


def plan(model: FeatureModel, order: RoleWork) -> RoleResult:
    """Return a review: the rules to look at, and the concerns of the roles before."""
    title = order.role.replace("_", " ")
    rules = [(rule.slug, rule.text, quote(rule.evidence)) for rule in model.rules]
    concerns = [
        (role, str(concern))
        for role in sorted(order.upstream)
        for concern in _concerns(order, role)
    ]
    body = "\n\n".join(
        [
            f"There are no rules of its own for the role “{title}” yet; this is what it should "
            "look at.",
            "## Rules of the feature\n\n" + table(("rule", "text", "words of the brief"), rules),
            "## What the roles before it leave open\n\n" + table(("role", "concern"), concerns),
        ]
    )
    slug = f"review-{(snake(order.role) or 'role').replace('_', '-')}"
    artifact = markdown(
        slug,
        "review",
        f"Review for {title}",
        body,
        model=model,
        evidence=all_evidence(model),
        links=("feature-model", "rules"),
    )
    return RoleResult(
        output=output(
            f"{len(rules)} rules and {len(concerns)} concerns to look at.",
            "Collect what the roles before have left open; decide nothing.",
            (),
            [text for _, text in concerns],
            overall(model),
            artifacts=[slug],
        ),
        artifacts=(artifact,),
    )


def _concerns(order: RoleWork, role: str) -> list[object]:
    concerns = order.upstream[role].get("concerns", [])
    return list(concerns)[:20] if isinstance(concerns, (list, tuple)) else []
