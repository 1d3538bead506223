"""A pipeline as a graph of roles, stage by stage."""

from __future__ import annotations

from core.domain.pipeline import Pipeline
from pages.parts.component import component
from pages.parts.theme import looks_for_browser

_graph = component("graph")


def draw_pipeline(pipeline: Pipeline) -> None:
    """Draw who works after whom."""
    _graph(
        data={
            "words": looks_for_browser(),
            "stages": [list(stage) for stage in pipeline.stages()],
            "after": {step.role: list(step.after) for step in pipeline.steps},
        },
        key="pipeline",
    )
