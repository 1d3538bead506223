"""The IT administrator: compose file, rollout, monitoring and scaling."""

from __future__ import annotations

from collections import Counter
from typing import Any

import yaml

from core.domain.artifact import Artifact
from core.domain.decision import Alternative, DecisionDraft
from core.domain.work import RoleResult
from core.planning.consistency import Results
from core.planning.model import FeatureModel
from core.planning.packs.pack import Job
from core.planning.plan import contributions
from core.planning.roles.architect import architect_decisions
from core.planning.roles.backend_dev import backend_dev_decisions
from core.planning.roles.dba import dba_decisions
from core.planning.roles.printed_plan import printed_plan
from core.planning.roles.report import (
    all_evidence,
    decisions,
    document,
    made_by,
    markdown,
    notes,
    output,
    overall,
)
from core.planning.roles.security import findings, security_decisions, threat_row
from core.planning.structure import alerts_faults
from core.planning.validators import validate_compose, validate_structure

# libyaml's reads ten times as fast, where PyYAML was built with it.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def plan(model: FeatureModel, upstream: Results) -> RoleResult:
    """Return how the feature is rolled out, run, watched and rolled back."""
    jobs = [job for job, _ in contributions(model).jobs]
    services = _services(model, jobs)
    compose = _yaml(model, {"services": services, "volumes": _volumes(services)})
    steps = deployment_steps(model)
    alerts = _yaml(model, {"alerts": _alerts(model, jobs)})
    artifacts = (
        document(
            "compose",
            "compose",
            "application/yaml",
            "Compose file",
            compose,
            evidence=all_evidence(model),
            links=("components",),
            validation=validate_compose(compose),
        ),
        _rollout(model, steps),
        document(
            "monitoring",
            "monitoring",
            "application/yaml",
            "Alerts",
            alerts,
            evidence=all_evidence(model),
            links=("api", "rules"),
            validation=validate_structure(lambda: alerts_faults(yaml.load(alerts, _LOADER))),
        ),
    )
    drafts = it_admin_decisions(model)
    found = output(
        f"{len(services)} services, {len(jobs)} jobs, {len(_alerts(model, jobs))} alerts.",
        "Tables first, code behind a switch, people last; each step has its way back.",
        drafts,
        [],
        overall(model),
        infrastructure=[
            {"service": name, "image": str(service.get("image", ""))}
            for name, service in services.items()
        ],
        deployment_steps=steps,
        monitoring_configuration=_alerts(model, jobs),
        scaling_notes=_scaling(model, jobs),
        artifacts=[*(artifact.slug for artifact in artifacts), "plan"],
    )
    printed = printed_plan(
        model,
        _with_the_others(model, {**upstream, "it_admin": found}),
        all_decisions(model),
        [threat_row(one) for one in findings(model)],
    )
    return RoleResult(output=found, artifacts=(*artifacts, printed), decisions=drafts)


def all_decisions(model: FeatureModel) -> tuple[DecisionDraft, ...]:
    """Return what every role decides; a function of the feature model alone."""
    return (
        *architect_decisions(model),
        *backend_dev_decisions(model),
        *dba_decisions(model),
        *decisions(model, "frontend_dev"),
        *decisions(model, "ui_ux"),
        *security_decisions(model),
        *it_admin_decisions(model),
    )


def _with_the_others(model: FeatureModel, results: Results) -> Results:
    """Add the decisions of the security role, which works at the same time as this one."""
    if "security" in results:
        return results
    plain = [
        {"text": draft.text, "rationale": draft.rationale} for draft in security_decisions(model)
    ]
    return {**results, "security": {"decisions": plain}}


def deployment_steps(model: FeatureModel) -> list[str]:
    """Return the steps of the rollout in their order."""
    steps = ["Take a backup and restore it on a copy; note how long both take."]
    if any(match.slug == "upload" for match in model.packs):
        steps.append("Create the bucket for files, private, with versioning.")
    steps += [
        "Run the migration on the copy, then the way back, then the migration again.",
        "Run the migration on the live database; old code ignores what is new.",
        "Roll out the code with the feature switched off; watch errors for an hour.",
        *notes(model, "it_admin", "step"),
        "Switch it on for one team; check each alert by provoking it once.",
        "Switch it on for everybody.",
        "Way back: switch off first, roll back the code, and only then run the way back.",
    ]
    return steps


def _services(model: FeatureModel, jobs: list[Job]) -> dict[str, Any]:
    password = "${POSTGRES_PASSWORD:?set POSTGRES_PASSWORD}"
    environment = {"DATABASE_URL": f"postgresql://app:{password}@postgres/app"}
    if any(match.slug == "upload" for match in model.packs):
        environment["FILES_URL"] = "http://files:9000"
    services: dict[str, Any] = {
        "app": {
            "image": "registry.example/app:1.0.0",
            "environment": {**environment, "FEATURE_ENABLED": "false"},
            "depends_on": {"postgres": {"condition": "service_healthy"}},
            "ports": ["8080:8080"],
            "restart": "unless-stopped",
        }
    }
    if jobs:
        services["worker"] = {
            "image": "registry.example/app:1.0.0",
            "command": ["worker"],
            "environment": dict(environment),
            "depends_on": {"postgres": {"condition": "service_healthy"}},
            "restart": "unless-stopped",
        }
    services["postgres"] = {
        "image": "postgres:18",
        "environment": {
            "POSTGRES_USER": "app",
            "POSTGRES_DB": "app",
            "POSTGRES_PASSWORD": password,
        },
        "healthcheck": {"test": ["CMD", "pg_isready", "-U", "app"], "interval": "5s"},
        "volumes": ["database:/var/lib/postgresql"],
        "restart": "unless-stopped",
    }
    if any(match.slug == "upload" for match in model.packs):
        services["files"] = {
            "image": "minio/minio:RELEASE.2025-04-22T22-12-26Z",
            "command": ["server", "/data"],
            "environment": {
                "MINIO_ROOT_USER": "${FILES_USER:?set FILES_USER}",
                "MINIO_ROOT_PASSWORD": "${FILES_PASSWORD:?set FILES_PASSWORD}",
            },
            "volumes": ["files:/data"],
            "restart": "unless-stopped",
        }
    return services


def _volumes(services: dict[str, Any]) -> dict[str, Any]:
    named = {"postgres": "database", "files": "files"}
    return {volume: {} for service, volume in named.items() if service in services}


def _alerts(model: FeatureModel, jobs: list[Job]) -> list[dict[str, str]]:
    alerts = [
        {
            "name": f"{job.name}-late",
            "when": job.alert,
            "means": f"{job.does} ({job.schedule})",
        }
        for job in jobs
    ]
    alerts += [
        {"name": rule.slug, "when": mechanism.how, "means": rule.text}
        for rule in model.rules
        for mechanism in rule.mechanisms
        if mechanism.kind == "alert"
    ]
    alerts = _numbered(alerts)
    refused = [
        mechanism.where
        for rule in model.rules
        for mechanism in rule.mechanisms
        if mechanism.kind == "constraint"
    ]
    if refused:
        alerts.append(
            {
                "name": "refused-by-rule",
                "when": "more than 20 refusals of one constraint in an hour",
                "means": f"people or code run against a rule: {', '.join(refused[:8])}",
            }
        )
    if model.actions:
        alerts.append(
            {
                "name": "errors",
                "when": "more than 1 percent of the operations answer 5xx for five minutes",
                "means": "the feature is broken for somebody; switch it off and look",
            }
        )
    return alerts


def _numbered(alerts: list[dict[str, str]]) -> list[dict[str, str]]:
    """Give each alert a name of its own: a rule that holds for two things alerts for both."""
    times: Counter[str] = Counter()
    for alert in alerts:
        times[alert["name"]] += 1
        if times[alert["name"]] > 1:
            alert["name"] = f"{alert['name']}-{times[alert['name']]}"
    return alerts


def _rollout(model: FeatureModel, steps: list[str]) -> Artifact:
    body = "\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1))
    jobs = contributions(model).jobs
    if jobs:
        body += "\n\n## Jobs\n\n" + "\n".join(
            f"- **{job.name}**, {job.schedule}: {job.does}" for job, _ in jobs
        )
    return markdown(
        "rollout",
        "rollout",
        "Rollout and way back",
        body,
        model=model,
        evidence=all_evidence(model),
        links=("migration-ddl", "way-back-ddl", "compose"),
    )


def _scaling(model: FeatureModel, jobs: list[Job]) -> list[str]:
    found = ["The application holds no state: a second copy doubles what it serves."]
    if jobs:
        found.append("Jobs take rows with SKIP LOCKED: workers are added without changing them.")
    if any(entity.name in {"message", "notification"} for entity in model.entities):
        found.append("Messages and notifications grow fastest: watch their tables' size weekly.")
    return found


def it_admin_decisions(model: FeatureModel) -> tuple[DecisionDraft, ...]:
    """Return what the role decides; a function of the feature model alone."""
    return (*decisions(model, "it_admin"), *_own(model))


def _own(model: FeatureModel) -> tuple[DecisionDraft, ...]:
    if not model.new_entities:
        return ()
    return (
        DecisionDraft(
            "Tables go live a release before the code that uses them.",
            "Each step then has a way back of its own; code and tables never have to change in "
            "the same minute.",
            "operations",
            "high",
            (
                Alternative(
                    "Both at once", "a failed start leaves new tables and old code guessing"
                ),
            ),
            ("rollout",),
            "when more than ten releases a week make the wait felt",
        ),
    )


def _yaml(model: FeatureModel, value: Any) -> str:
    text = yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=100)
    return f"# {made_by(model)}.\n{text}"
