"""Orders and stock: a cart becomes an order with lines, and stock never falls below zero."""

from core.planning.model import Action, Constraint, Entity, Field, Index, Question
from core.planning.packs.order_rules import LINE, ORDER_RULES
from core.planning.packs.pack import Choice, Contribution, Job, Note, Noun, Option, Pack, Threat

ORDER = Pack(
    slug="order",
    title="Orders and stock",
    cues=(
        r"\b(?:in|into|to|from|the|a|their|shopping) (?:shopping )?(?:carts?|baskets?)\b",
        r"\b(?:in|out of|from|into|of) stock\b|\bstock (?:level|count|never|is|must|falls?|"
        r"runs?)\b",
        r"\bback[- ]?orders?\b",
        r"\border lines?\b|\blines? of an order\b",
        r"\b(?:customers?|buyers?|shoppers?|guests?|members?|users?|clients?) (?:can )?(?:buy|"
        r"order)s? "
        r"(?:an? |the |several |many |our )?[a-z]+\b[^;.]{0,60}?\b(?:online|in (?:our|the) shop|"
        r"cart|stock|"
        r"delivered|pieces)\b",
    ),
    unless=r"\b(?:stock exchange|stock photos?|stock market|purchase orders?|work orders?|"
    r"livestock)\b",
    nouns=(
        Noun(
            "subject",
            (
                r"\b(?:put|add|adds|puts) (?:an? |the |some |several )?(?P<after>[a-z].+?) (?:in|"
                r"into|to) "
                r"(?:an? |the |their )?(?:shopping )?(?:cart|basket)\b",
                r"\b(?:more|many) (?P<after>[a-z]+) than (?:we have|there are|are) in stock\b",
                r"\b(?P<before>[a-z]+) (?:is|are|that is|that are) (?:out of|in|not in) stock\b",
                r"\b(?:customers?|buyers?|shoppers?|guests?|members?|users?|clients?) (?:can "
                r")?(?:buy|order)"
                r"s? (?:an? |the |several |many |our )?(?P<after>[a-z].+)",
                r"\bstock of (?:an? |the |each |every )?(?P<after>[a-z].+)",
            ),
            fallback="product",
        ),
    ),
    rules=ORDER_RULES,
    brings=Contribution(
        entities=(
            Entity(
                "<subject>",
                summary="What can be ordered, and how many of it are there.",
                fields=(
                    Field("name", "text"),
                    Field("price", "money"),
                    Field("currency", "currency", default="'EUR'"),
                    Field("stock_count", "integer", default="0"),
                    Field("retired_at", "moment", required=False),
                ),
                constraints=(
                    Constraint(
                        "<subjects>_stock_not_negative",
                        "check",
                        '"stock_count" >= 0',
                        "order.stock",
                    ),
                ),
            ),
            Entity(
                "order",
                summary="What one person orders: open as a cart, then placed, paid, sent.",
                fields=(
                    Field("owner_id", "ref", references="user"),
                    Field(
                        "status",
                        "choice",
                        choices=("open", "placed", "paid", "sent", "cancelled"),
                        default="'open'",
                    ),
                    Field("placed_at", "moment", required=False),
                    Field("total_amount", "money", required=False),
                    Field("currency", "currency", default="'EUR'"),
                    Field("cancelled_at", "moment", required=False),
                    Field("version", "integer", default="1"),
                ),
                constraints=(
                    Constraint(
                        "orders_placed_when",
                        "check",
                        "(\"status\" IN ('open', 'cancelled') OR \"placed_at\" IS NOT NULL) AND "
                        '("placed_at" IS NULL) = ("total_amount" IS NULL)',
                        "order.frozen",
                    ),
                    Constraint(
                        "orders_cancelled_when",
                        "check",
                        '("status" = \'cancelled\') = ("cancelled_at" IS NOT NULL)',
                    ),
                ),
                indexes=(
                    Index(
                        "orders_one_cart",
                        '"owner_id"',
                        where="\"status\" = 'open'",
                        unique=True,
                        serves="setOrderLine",
                    ),
                    Index("orders_by_owner", '"owner_id", "created_at" DESC', serves="listOrders"),
                ),
            ),
            LINE,
            Entity(
                "stock_movement",
                summary="Why the stock of a <subject_> changed, and by how many.",
                fields=(
                    Field("<subject>_id", "ref", references="<subject>"),
                    Field("quantity", "integer"),
                    Field(
                        "reason",
                        "choice",
                        choices=("order", "cancellation", "delivery", "count"),
                    ),
                    Field("order_line_id", "ref", False, references="order_line"),
                    Field("moved_by_id", "ref", False, references="user"),
                ),
                constraints=(
                    Constraint("stock_movements_not_zero", "check", '"quantity" <> 0'),
                    Constraint(
                        "stock_movements_of_order",
                        "check",
                        "(\"reason\" IN ('order', 'cancellation')) = (\"order_line_id\" IS NOT "
                        "NULL)",
                    ),
                ),
                indexes=(
                    Index(
                        "stock_movements_of_<subject>",
                        '"<subject>_id", "created_at"',
                        serves="listStockMovements",
                    ),
                ),
            ),
        ),
        actions=(
            Action(
                "list<Subjects>",
                "List what can be ordered",
                "<subject>",
                "GET",
                "/<subjects->",
                page="<Subjects_>",
                permission="everybody",
                many=True,
            ),
            Action(
                "setOrderLine",
                "Put a <subject_> into the cart, change how many, or take it out",
                "order_line",
                "PUT",
                "/me/cart/lines/{<subject>_id}",
                body=("quantity",),
                page="Cart",
                permission="own",
                rules=("order.quantity",),
            ),
            Action(
                "getCart",
                "See the cart, with prices and what is short",
                "order",
                "GET",
                "/me/cart",
                page="Cart",
                permission="own",
            ),
            Action(
                "placeOrder",
                "Place the order: prices are frozen, stock is taken, all in one step",
                "order",
                "POST",
                "/me/cart/order",
                body=("version",),
                page="Cart",
                permission="own",
                rules=("order.stock", "order.frozen"),
            ),
            Action(
                "listOrders",
                "List one's orders",
                "order",
                "GET",
                "/orders",
                filters=("status",),
                page="My orders",
                permission="own, or all for who sends them",
                many=True,
            ),
            Action(
                "cancelOrder",
                "Cancel an order; what it holds goes back into stock",
                "order",
                "POST",
                "/orders/{order_id}/cancellation",
                page="My orders",
                permission="own while it is not sent, or who sends them",
                rules=("order.stock",),
            ),
            Action(
                "moveStock",
                "Enter a delivery or a count",
                "stock_movement",
                "POST",
                "/<subjects->/{<subject>_id}/stock-movements",
                body=("quantity", "reason"),
                page="Stock",
                permission="who keeps the stock",
                rules=("order.stock",),
            ),
            Action(
                "listStockMovements",
                "List why the stock of a <subject_> changed",
                "stock_movement",
                "GET",
                "/<subjects->/{<subject>_id}/stock-movements",
                page="Stock",
                permission="who keeps the stock",
                many=True,
            ),
        ),
        jobs=(
            Job(
                "check-stock",
                "every night",
                "Compares each stock with the sum of its stock movements.",
                "a stock differs from its movements",
            ),
        ),
        threats=(
            Threat(
                "order.own-price",
                "placeOrder",
                "T",
                "The browser sends another price, or a negative quantity.",
                "Prices come from the database, quantities are checked by the row.",
                2,
                3,
            ),
            Threat(
                "order.last-piece",
                "placeOrder",
                "T",
                "Two people order the last piece in the same second.",
                "Stock is lowered by one UPDATE in the order of ids; the CHECK lets one commit, "
                "the "
                "other sees what is short.",
                3,
                2,
            ),
            Threat(
                "order.hoarded-stock",
                "placeOrder",
                "D",
                "Orders that are never paid hold the stock.",
                "What is not paid in time is cancelled by a job; open ones are limited for each "
                "person.",
                2,
                2,
            ),
        ),
        choices=(
            Choice(
                "order.stock-at-placing",
                "Stock is taken when the order is placed, not when something is put into the cart.",
                "A cart is a note; most are never ordered, and would empty the shop.",
                "design",
                (
                    Option(
                        "Hold stock for what is in a cart",
                        "needs an end, and shows others an empty shop",
                    ),
                    Option("Take stock when it is paid", "sells more than there is"),
                ),
                revisit="when single pieces sell out within minutes",
            ),
        ),
        questions=(
            Question(
                "order.delivery",
                "How does an order reach the customer, what does that cost, and until when can "
                "it be "
                "changed?",
                "It is sent; until then it can be cancelled, not changed.",
            ),
            Question(
                "order.short",
                "What happens when something of a cart is no longer there when the order is "
                "placed?",
                "Nothing is ordered; the cart shows what is short.",
            ),
        ),
        notes=(
            Note(
                "dba",
                "query",
                'Take stock: UPDATE "<subjects>" SET "stock_count" = "stock_count" - $2 WHERE '
                '"id" = $1, '
                "in the order of ids, one transaction with the order.",
            ),
            Note(
                "ui_ux", "flow", "Cart, address, payment, summary; the button says “order and pay”."
            ),
        ),
    ),
)
