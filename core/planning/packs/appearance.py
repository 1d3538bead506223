"""How a user wants the interface: what any pack that lets them choose a part of it needs."""

from core.planning.model import Action, Entity, Field
from core.planning.packs.pack import Contribution


def appearance(chosen: Field, rule: str) -> Contribution:
    """Return the row of a user's preferences with what they choose, and how it is read and set."""
    return Contribution(
        entities=(
            Entity(
                "user_preference",
                summary="How a user wants the interface, on all devices.",
                fields=(
                    Field("user_id", "ref", references="user", unique=True, on_delete="CASCADE"),
                    chosen,
                ),
            ),
        ),
        actions=(
            Action(
                "getPreferences",
                "Show the caller's preferences",
                "user_preference",
                "GET",
                "/me/preferences",
                page="Appearance",
                permission="own",
            ),
            Action(
                "setPreferences",
                "Change the caller's preferences",
                "user_preference",
                "PUT",
                "/me/preferences",
                body=(chosen.name,),
                page="Appearance",
                permission="own",
                rules=(rule,),
            ),
        ),
    )
