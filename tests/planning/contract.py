"""What the contract wants of each role's output, as types: every text says something."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from annotated_types import Gt, MinLen
from pydantic import BaseModel, ConfigDict, StringConstraints

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
# A field of the contract that a sound plan may leave empty says so by a plain list.
Texts = Annotated[list[Text], MinLen(1)]
Count = Annotated[int, Gt(0)]
Level = Literal["low", "medium", "high", "critical"]


class Shape(BaseModel):
    """Values as they are, without conversion; what is not named must not be there."""

    model_config = ConfigDict(strict=True, extra="forbid")


class Said(Shape):
    text: Text
    rationale: Text
    category: Text


class Output(Shape):
    """What every role says."""

    model_config = ConfigDict(strict=True, extra="allow")

    analysis: Text
    approach: Text
    decisions: list[Said]
    concerns: list[Text]
    confidence: Literal["high", "medium", "low"]
    artifacts: Texts


class Questioned(Output):
    """The architect's, when there is no plan: the fields of the contract are there, and empty."""

    decisions: Annotated[list[Said], MinLen(0)]
    confidence: Literal["low"]
    architecture_patterns: list[Text]
    component_diagram: Literal[""]
    technology_stack: list[Text]
    integration_points: list[Text]
    feature_model: dict[str, Any]
    understood: Texts
    not_understood: list[Text]
    questions: Texts


class Architect(Output):
    decisions: Annotated[list[Said], MinLen(1)]
    architecture_patterns: Texts
    component_diagram: Annotated[str, StringConstraints(pattern=r"^flowchart LR\n    \w")]
    technology_stack: Texts
    integration_points: Texts
    feature_model: Annotated[dict[str, Any], MinLen(1)]


class Endpoint(Shape):
    operation: Text
    call: Annotated[str, StringConstraints(pattern=r"^(GET|POST|PUT|PATCH|DELETE) /\S+$")]
    actors: list[Text]
    permission: str
    rules: list[Text]
    caller: Text
    tables: Texts
    audit: str
    metric: Text
    tests: Texts


class DataModel(Shape):
    name: Text
    fields: list[Text]


class Snippet(Shape):
    title: Text
    language: Literal["python", "typescript"]
    code: Text


class BackendDev(Output):
    endpoints: Annotated[list[Endpoint], MinLen(1)]
    data_models: Annotated[list[DataModel], MinLen(1)]
    code_snippets: list[Snippet]
    performance_notes: Texts


class SchemaChange(Shape):
    table: Text
    change: Literal["created", "presupposed"]
    columns: Count
    constraints: list[Text]


class IndexNote(Shape):
    name: Text
    table: Text
    serves: Text


class Dba(Output):
    schema_changes: Annotated[list[SchemaChange], MinLen(1)]
    indexes: list[IndexNote]
    queries: list[Text]
    migration_steps: Texts


class Component(Shape):
    name: Text
    page: str
    operation: str


class FrontendDev(Output):
    components: Annotated[list[Component], MinLen(1)]
    state_management: Texts
    code_snippets: list[Snippet]
    accessibility_notes: Texts


class Flow(Shape):
    actor: Text
    steps: Texts


class Score(Shape):
    planned_for: Count
    of: Count
    note: Text


class UiUx(Output):
    user_flows: Annotated[list[Flow], MinLen(1)]
    wireframe_description: Texts
    design_tokens: Texts
    accessibility_score: Score


class Vulnerability(Shape):
    operation: Text
    category: Literal[
        "Spoofing",
        "Tampering",
        "Repudiation",
        "Information disclosure",
        "Denial of service",
        "Elevation of privilege",
    ]
    risk: Level
    threat: Text


class Security(Output):
    vulnerabilities: list[Vulnerability]
    risk_level: Level
    mitigations: Texts
    compliance_notes: list[Text]


class Service(Shape):
    service: Text
    image: Text


class Alert(Shape):
    name: Text
    when: Text
    means: Text


class ItAdmin(Output):
    infrastructure: Annotated[list[Service], MinLen(1)]
    deployment_steps: Texts
    monitoring_configuration: Annotated[list[Alert], MinLen(1)]
    scaling_notes: Texts


OUTPUTS: dict[str, type[Output]] = {
    "architect": Architect,
    "backend_dev": BackendDev,
    "dba": Dba,
    "frontend_dev": FrontendDev,
    "ui_ux": UiUx,
    "security": Security,
    "it_admin": ItAdmin,
}
