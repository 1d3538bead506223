"""Preferences: how somebody wants it, with a default, on one device or on all of them."""

from core.planning.model import Action, Constraint, Entity, Field, Mechanism, Question
from core.planning.packs.pack import (
    Choice,
    Contribution,
    Note,
    Noun,
    Option,
    Pack,
    RulePattern,
    Threat,
)


def _setting(name: str, rule: str, field: Field, constraint: Constraint | None) -> Contribution:
    """Return a column of the preferences with its place in the operation that sets them."""
    return Contribution(
        entities=(
            Entity(
                "user_preference",
                fields=(field,),
                constraints=(constraint,) if constraint else (),
            ),
        ),
        actions=(
            Action(
                "setPreferences",
                "Change the caller's preferences",
                "user_preference",
                "PUT",
                "/me/preferences",
                body=(f"{name}?",),
                page="Preferences",
                permission="own",
                rules=(rule,),
            ),
        ),
    )


PREFERENCE = Pack(
    slug="preference",
    title="User preferences",
    cues=(
        r"\b(?:user|personal|my|their|own) (?:preferences|settings)\b",
        r"\bpreferences\b",
        r"\bremember\w*\b.{0,40}\b(?:choices?|settings?|language|view|sort\w*|filters?|layout|"
        r"columns?)\b",
        r"\b(?:choose|set|sets|change|pick|select)s? (?:their|my|an?|own|his|her) "
        r"(?:preferred |own )?(?:language|time ?zone|date format|units?|start page|font size|"
        r"density)\b",
    ),
    unless=r"\bnotif|\bunsubscribe|\bquiet\b|\bchannels?\b|\bdark\b|\bthemes?\b",
    nouns=(Noun("setting", fallback="user_preference", also=("preference", "setting")),),
    rules=(
        RulePattern(
            slug="preference.default",
            text="Whoever has chosen nothing gets the default; a new default reaches them all.",
            cues=(r"\bdefaults?\b",),
            always=True,
            mechanisms=(
                Mechanism("constraint", "user_preferences", "one row a user, made by a choice"),
                Mechanism("interface", "getPreferences", "answers defaults without a row"),
                Mechanism("test", "getPreferences", "before the first choice, and after a reset"),
            ),
        ),
        RulePattern(
            slug="preference.language",
            text="Each user chooses the language; dates and numbers follow it.",
            cues=(r"\blanguages?\b|\blocales?\b",),
            mechanisms=(
                Mechanism("constraint", "user_preferences_language_tag", "CHECK: a language tag"),
                Mechanism("client", "language", "the lang attribute and formats change with it"),
            ),
            adds=_setting(
                "language",
                "preference.language",
                Field("language", "text", default="'en'"),
                Constraint(
                    "user_preferences_language_tag",
                    "check",
                    "\"language\" ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$'",
                    "preference.language",
                ),
            ),
        ),
        RulePattern(
            slug="preference.time-zone",
            text="Times are shown in the time zone that the user chose; they are stored without.",
            cues=(r"\btime ?zones?\b",),
            mechanisms=(
                Mechanism("constraint", "user_preferences_time_zone_named", "CHECK: not an offset"),
                Mechanism("test", "setPreferences", "the night when clocks change"),
            ),
            adds=_setting(
                "time_zone",
                "preference.time-zone",
                Field("time_zone", "text", default="'UTC'"),
                Constraint(
                    "user_preferences_time_zone_named",
                    "check",
                    "\"time_zone\" = 'UTC' OR \"time_zone\" ~ '^[A-Z][A-Za-z_]+/[A-Za-z_/+-]+$'",
                    "preference.time-zone",
                ),
            ),
        ),
        RulePattern(
            slug="preference.units",
            text="Measures are shown in the units that the user chose; they are stored in one.",
            cues=(r"\b(?:metric|imperial|units?|miles|kilomet\w+|celsius|fahrenheit)\b",),
            mechanisms=(
                Mechanism("constraint", "user_preferences_units_known", "CHECK: metric, imperial"),
                Mechanism("test", "setPreferences", "there and back loses nothing"),
            ),
            adds=_setting(
                "units",
                "preference.units",
                Field("units", "choice", choices=("metric", "imperial"), default="'metric'"),
                None,
            ),
        ),
        RulePattern(
            slug="preference.density",
            text="Each user chooses the size of the text, and how close things stand.",
            cues=(r"\bfont size\b|\btext size\b|\bdensity\b|\bcompact\b",),
            mechanisms=(
                Mechanism(
                    "constraint", "user_preferences_density_known", "CHECK: compact, normal, large"
                ),
                Mechanism("client", "density", "one token scales text, space and targets"),
            ),
            adds=_setting(
                "density",
                "preference.density",
                Field(
                    "density",
                    "choice",
                    choices=("compact", "normal", "large"),
                    default="'normal'",
                ),
                None,
            ),
        ),
        RulePattern(
            slug="preference.view",
            text="Sort order, filters and columns of a list stay as the user left them.",
            cues=(
                r"\b(?:sort\w*|filters?|columns?|layout|views?)\b.{0,200}\b(?:remember\w*|sav\w+|stay\w*|"
                r"kept|restor\w+)\b",
                r"\b(?:remember\w*|sav\w+|keep\w*|restor\w+)\b.{0,200}\b(?:sort\w*|filters?|columns?|"
                r"layout|views?)\b",
            ),
            mechanisms=(
                Mechanism(
                    "constraint",
                    "user_preferences_views_small",
                    "CHECK: an object of at most 16 KB",
                ),
                Mechanism("client", "lists", "an address with a filter wins over the stored one"),
                Mechanism("test", "getPreferences", "a column that no longer exists is left out"),
            ),
            adds=_setting(
                "list_views",
                "preference.view",
                Field("list_views", "json", default="'{}'::jsonb"),
                Constraint(
                    "user_preferences_views_small",
                    "check",
                    "jsonb_typeof(\"list_views\") = 'object' AND "
                    'octet_length("list_views"::text) <= 16384',
                    "preference.view",
                ),
            ),
        ),
        RulePattern(
            slug="preference.device",
            text="What depends on the screen is kept for each device; the rest follows the person.",
            cues=(
                r"\b(?:per|each|every|this|that) device\b|\bdevice[- ]specific\b",
                r"\bdifferent\b.{0,200}\b(?:phone|desktop|devices?)\b",
            ),
            mechanisms=(
                Mechanism("constraint", "device_preferences_once", "UNIQUE: user and device"),
                Mechanism("test", "setDevicePreferences", "another device keeps its own"),
            ),
            adds=Contribution(
                entities=(
                    Entity(
                        "device_preference",
                        summary="What a user wants on one device, over what holds everywhere.",
                        fields=(
                            Field("user_id", "ref", references="user", on_delete="CASCADE"),
                            Field("device_key", "uuid"),  # made by the browser, names no device
                            Field("settings", "json", default="'{}'::jsonb"),
                            Field("last_used_at", "moment", default="now()"),
                        ),
                        constraints=(
                            Constraint(
                                "device_preferences_once",
                                "unique",
                                '"user_id", "device_key"',
                                "preference.device",
                            ),
                            Constraint(
                                "device_preferences_object",
                                "check",
                                "jsonb_typeof(\"settings\") = 'object'",
                                "preference.device",
                            ),
                        ),
                    ),
                ),
                actions=(
                    Action(
                        "getDevicePreferences",
                        "Show what holds on this device",
                        "device_preference",
                        "GET",
                        "/me/device-preferences/current",
                        page="Preferences",
                        permission="own",
                    ),
                    Action(
                        "setDevicePreferences",
                        "Change what holds on this device",
                        "device_preference",
                        "PUT",
                        "/me/device-preferences/current",
                        body=("device_key", "settings"),
                        page="Preferences",
                        permission="own",
                        rules=("preference.device",),
                    ),
                ),
            ),
        ),
        RulePattern(
            slug="preference.everywhere",
            text="A choice holds on all devices of the person, from their next request on.",
            cues=(
                r"\b(?:all|every|across|between)\b.{0,20}\bdevices?\b",
                r"\bsync\w*\b.{0,200}\b(?:devices?|preferences|settings)\b",
            ),
            mechanisms=(
                Mechanism("constraint", "user_preferences.user_id", "one row a user"),
                Mechanism("client", "preferences", "a local copy, checked when a page opens"),
            ),
        ),
        RulePattern(
            slug="preference.system",
            text="Without a choice the setting of the system or browser is followed.",
            cues=(
                r"\bfollow\w*\b.{0,20}\b(?:system|browser)\b",
                r"\b(?:system|browser) settings?\b",
            ),
            mechanisms=(
                Mechanism("client", "preferences", "language, scheme and motion are asked for"),
                Mechanism("test", "preferences", "the system changes while the page is open"),
            ),
        ),
    ),
    brings=Contribution(
        entities=(
            Entity(
                "user_preference",
                summary="How a user wants it: one row a user, one column a preference.",
                fields=(
                    Field("user_id", "ref", references="user", unique=True, on_delete="CASCADE"),
                    Field("changed_at", "moment", default="now()"),
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
                page="Preferences",
                permission="own",
            ),
            Action(
                "setPreferences",
                "Change the caller's preferences",
                "user_preference",
                "PUT",
                "/me/preferences",
                page="Preferences",
                permission="own",
                rules=("preference.default",),
            ),
            Action(
                "resetPreferences",
                "Go back to the defaults",
                "user_preference",
                "DELETE",
                "/me/preferences",
                page="Preferences",
                permission="own",
                rules=("preference.default",),
            ),
        ),
        threats=(
            Threat(
                "preference.injection",
                "setPreferences",
                "T",
                "A stored value is written into a page or a style and runs there.",
                "Known values and bounded shapes only, by CHECK; text is escaped when shown.",
                1,
                2,
            ),
        ),
        choices=(
            Choice(
                "preference.columns",
                "One row a user with a typed column for each preference.",
                "A CHECK knows each value, a default is the column's, and one read answers all of "
                "them.",
                "data",
                (
                    Option("Rows of key and value", "every value is text, and none has a CHECK"),
                    Option("One JSON document", "two devices overwrite each other's changes"),
                ),
                revisit="above 40 preferences, or when add-ons bring their own",
                role="dba",
            ),
        ),
        questions=(
            Question(
                "preference.which",
                "Which preferences are there, with which values, and which default has each?",
                "Those that the brief names; nothing else is kept.",
            ),
            Question(
                "preference.policy",
                "May an organisation set defaults for its people, or forbid a choice?",
                "No: the defaults are the product's, and every choice is the person's.",
            ),
        ),
        notes=(
            Note(
                "ui_ux",
                "flow",
                "A change shows at once and saves itself; beside each choice stands its default.",
            ),
            Note(
                "frontend_dev",
                "state",
                "Preferences are read once per page from a local copy and checked in the "
                "background; a failed save goes back and says so.",
            ),
        ),
    ),
)
