"""Prices: what something costs, for whom it costs less, and what a late cancellation costs."""

from core.planning.model import Action, Constraint, Entity, Field, Question
from core.planning.packs.pack import Choice, Contribution, Noun, Option, Pack, Threat
from core.planning.packs.price_rules import PRICE_RULES

PRICE = Pack(
    slug="price",
    title="Prices",
    cues=(),  # recognised by its rules
    by_rules=True,
    kind="none",
    nouns=(Noun("subject", fallback="@scheduling @reservation @order @main"),),
    rules=PRICE_RULES,
    brings=Contribution(
        entities=(
            Entity(
                "price",
                summary="What something costs from a day on, for everybody or for one group.",
                fields=(
                    Field("name", "text"),
                    Field("customer_group", "text", default="'everybody'"),
                    Field("unit", "text"),
                    Field("amount", "money"),
                    Field("currency", "currency", default="'EUR'"),
                    Field("valid_from", "date"),
                    Field("valid_until", "date", required=False),
                ),
                constraints=(
                    Constraint("prices_not_negative", "check", '"amount" >= 0'),
                    Constraint(
                        "prices_one_at_a_time",
                        "exclude",
                        'USING gist ("name" WITH =, "customer_group" WITH =, "unit" WITH =, '
                        'daterange("valid_from", "valid_until") WITH &&)',
                        "price.list",
                    ),
                ),
                extensions=("btree_gist",),
            ),
            Entity(
                "<subject>",
                fields=(
                    Field("price_id", "ref", False, references="price"),
                    Field("agreed_amount", "money", required=False),
                    Field("agreed_currency", "currency", required=False),
                ),
                constraints=(
                    Constraint(
                        "<subjects>_agreed_price",
                        "check",
                        '("agreed_amount" IS NULL) = ("agreed_currency" IS NULL) AND '
                        '("agreed_amount" IS NULL OR "agreed_amount" >= 0)',
                        "price.list",
                    ),
                ),
            ),
        ),
        actions=(
            Action(
                "listPrices",
                "List what things cost, for whom and from when",
                "price",
                "GET",
                "/prices",
                filters=("name", "on"),
                page="Prices",
                permission="everybody",
                many=True,
            ),
            Action(
                "setPrice",
                "Set a price from a day on; the one before ends there",
                "price",
                "POST",
                "/prices",
                body=(
                    "name",
                    "customer_group?",
                    "unit",
                    "amount",
                    "currency?",
                    "valid_from",
                    "valid_until?",
                ),
                page="Prices",
                permission="who is responsible for prices",
                rules=("price.list",),
            ),
        ),
        threats=(
            Threat(
                "price.own-price",
                "setPrice",
                "T",
                "Somebody changes a price for a friend, and back afterwards.",
                "Prices begin tomorrow at the earliest, are never overwritten, and each change is "
                "told to a second person.",
                2,
                2,
            ),
        ),
        choices=(
            Choice(
                "price.frozen",
                "Prices are rows with the days between which they hold; what somebody agreed to is "
                "copied into the <subject_>.",
                "A new price must not change what was agreed before, and old bills must be "
                "explained years later.",
                "data",
                (
                    Option("The amount in the code or a setting", "every change is a release"),
                    Option(
                        "Only a key to the price", "a corrected price would rewrite what was agreed"
                    ),
                ),
                revisit="when prices depend on demand or are negotiated one by one",
                role="dba",
            ),
        ),
        questions=(
            Question(
                "price.change",
                "Do the prices contain the tax, who changes them, and how long before are people "
                "told?",
                "They contain it; who runs the service changes them, for what is agreed from then "
                "on.",
            ),
        ),
    ),
)
