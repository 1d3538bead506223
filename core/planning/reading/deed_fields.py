"""Which fields the deeds of a brief give a thing: what people enter, mark or assign."""

from __future__ import annotations

from collections.abc import Iterable

from core.planning.model import Field
from core.planning.reading.deed import Deed
from core.planning.reading.people import names_people

_TYPES = {
    "date": "date", "day": "date", "deadline": "date", "time": "moment", "price": "money",
    "cost": "money", "fee": "money", "budget": "money", "weight": "integer", "height": "integer",
    "width": "integer", "length": "integer", "quantity": "integer", "count": "integer",
    "mileage": "integer", "distance": "integer", "capacity": "integer", "stock": "integer",
    "note": "long_text", "reason": "long_text", "description": "long_text", "remark": "long_text",
    "address": "long_text", "comment": "long_text",
}  # fmt: skip
_STATES = frozenset({"status", "state"})
_MAX_FIELDS = 6


def fields_set(noun: str, deeds: Iterable[Deed], known: Iterable[str] = ()) -> tuple[Field, ...]:
    """Return the fields that somebody sets on a thing, typed by their last word; none twice."""
    known = set(known)
    taken = {name.removesuffix("_id") for name in known}
    found: dict[str, Field] = {}
    for deed in deeds:
        if deed.kind != "set" or deed.noun != noun or deed.attribute in taken | _STATES:
            continue
        field = _field(deed.attribute, noun)
        if field.name not in known:
            found.setdefault(field.name, field)
    return tuple(found.values())[:_MAX_FIELDS]


def _field(name: str, noun: str) -> Field:
    if name.startswith("is_"):
        return Field(name, "flag", default="false")
    if names_people(name) or name == "assignee":
        return Field(f"{name}_id", "ref", required=False, references="user")
    kind = _TYPES.get(name.rpartition("_")[2], "text")
    if name == "point":
        return Field("points", "integer", required=False)
    if name in {"date", "day", "time"}:
        name = f"{noun}_{name}"
    return Field(name, kind, required=False)
