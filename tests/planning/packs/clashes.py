"""What would be swallowed without a word when packs bring two different things of one name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from core.planning import FeatureModel
from core.planning.plan import contributions
from core.planning.schema import table


def clashes(model: FeatureModel) -> list[str]:
    """Return what two packs of a model mean differently by the same name.

    Merging takes the first operation of a name or an address and the last constraint of a name;
    that is meant for packs that speak of the same, and would lose what is only called the same.
    """
    gathered = contributions(model)
    actions = [one for one, _ in gathered.actions]
    return [
        *differing("operation", ((one.name, (one.method, one.entity)) for one in actions)),
        *differing(
            "address",
            (
                (f"{one.method} {one.path}", one.name)
                for one in actions
                if not one.name.startswith("search")  # a search is the list, asked for differently
            ),
        ),
        *differing("job", ((one.name, one.does) for one, _ in gathered.jobs)),
        *differing(
            "field",
            (
                (f"{one.name}.{field.name}", (field.type, field.references))
                for one, _ in gathered.entities
                for field in one.fields
            ),
        ),
        *differing(
            "constraint",
            (
                (constraint.name, (table(one), constraint.sql))
                for one, _ in gathered.entities
                for constraint in one.constraints
            ),
        ),
        *differing(
            "index",
            (
                (index.name, (table(one), index.where))
                for one, _ in gathered.entities
                for index in one.indexes
            ),
        ),
    ]


def differing(kind: str, pairs: Iterable[tuple[str, object]]) -> Iterator[str]:
    """Yield the names that stand for more than one thing."""
    meant: dict[str, object] = {}
    for name, what in pairs:
        if meant.setdefault(name, what) != what:
            yield f"{kind} {name}: {meant[name]} and {what}"
