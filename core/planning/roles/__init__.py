"""The seven roles: each derives artifacts and decisions from the feature model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from core.domain.role import canonical_role
from core.domain.work import RoleResult, RoleWork
from core.planning.consistency import Results
from core.planning.model import FeatureModel
from core.planning.roles import (
    architect,
    backend_dev,
    custom,
    dba,
    frontend_dev,
    it_admin,
    security,
    ui_ux,
)
from core.planning.understanding import understand

_ROLES: Mapping[str, Callable[[FeatureModel], RoleResult]] = {
    "architect": architect.plan,
    "backend_dev": backend_dev.plan,
    "dba": dba.plan,
    "frontend_dev": frontend_dev.plan,
    "ui_ux": ui_ux.plan,
}
# The last ones work on what the roles before them handed on, too.
_CLOSING: Mapping[str, Callable[[FeatureModel, Results], RoleResult]] = {
    "security": security.plan,
    "it_admin": it_admin.plan,
}


def work(order: RoleWork) -> RoleResult:
    """Do the work of one role; one that is not among the seven writes a review of what it sees.

    Raises `InvalidInput` when the edits or the feature model of the order have another shape.
    """
    role = canonical_role(order.role)
    model = _model(order)
    if role in _CLOSING:
        return _CLOSING[role](model, order.upstream)
    plan = _ROLES.get(role)
    return plan(model) if plan else custom.plan(model, order)


def _model(order: RoleWork) -> FeatureModel:
    """Take the architect's feature model; without one, read the brief, or what was routed."""
    handed: Any = order.upstream.get("architect", {}).get("feature_model")
    if isinstance(handed, Mapping) and canonical_role(order.role) != "architect":
        return FeatureModel.from_json(handed)
    return understand(_text(order), order.edits)


def _text(order: RoleWork) -> str:
    """Return what is asked: the brief, and of a routed task also its own description."""
    if order.task_type is None or order.description == order.brief:
        return order.brief
    return f"{order.brief}\n\n{order.description}"
