"""The rules of orders: stock, quantities, what is frozen, what is not paid, what comes later."""

from core.planning.model import Constraint, Entity, Field, Index, Mechanism
from core.planning.packs.pack import Contribution, Job, RulePattern
from core.planning.packs.wording import DURATION

LINE = Entity(
    "order_line",
    summary="How many of one <subject_> an order holds, at which price.",
    fields=(
        Field("order_id", "ref", references="order", on_delete="CASCADE"),
        Field("<subject>_id", "ref", references="<subject>"),
        Field("quantity", "integer"),
        Field("unit_amount", "money", required=False),
    ),
    constraints=(
        Constraint("order_lines_once", "unique", '"order_id", "<subject>_id"', "order.quantity"),
        Constraint("order_lines_quantity", "check", '"quantity" >= 1', "order.quantity"),
    ),
)

ORDER_RULES = (
    RulePattern(
        slug="order.stock",
        text="Never more <subjects_> are ordered than there are: stock does not fall below zero, "
        "and "
        "a cancelled order gives back what it took.",
        always=True,
        cues=(
            r"\b(?:never|not|no|nobody)\b[^;.]{0,60}?\bstock\b|\bstock\b[^;.]{0,40}?\b(?:never|"
            r"not|below "
            r"zero|negative)\b",
            r"\bback (?:in|into) stock\b|\bout of stock\b|\bin stock\b|\boversell\w*\b",
        ),
        mechanisms=(
            Mechanism("constraint", "<subjects>_stock_not_negative", "CHECK: 0 or more"),
            Mechanism("interface", "placeOrder", "one transaction; 409 lists what is short"),
            Mechanism("test", "placeOrder", "two at once on the last piece; cancelled twice"),
        ),
    ),
    RulePattern(
        slug="order.quantity",
        text="A <subject_> stands once in an order, with how many of it.",
        always=True,
        cues=(r"\b(?:quantit(?:y|ies)|how many|number of (?:pieces|items))\b",),
        mechanisms=(
            Mechanism("constraint", "order_lines_once", "UNIQUE: order and <subject_>"),
            Mechanism("constraint", "order_lines_quantity", "CHECK: 1 or more"),
            Mechanism("test", "setOrderLine", "0 takes it out; a negative one answers 422"),
        ),
    ),
    RulePattern(
        slug="order.frozen",
        text="A placed order keeps its prices, whatever they are later.",
        always=True,
        mechanisms=(
            Mechanism("constraint", "orders_placed_when", "CHECK: placed has a time and a sum"),
            Mechanism("interface", "placeOrder", "copies the prices into the lines"),
            Mechanism("test", "placeOrder", "a price changes while the cart is open: it is shown"),
        ),
    ),
    RulePattern(
        slug="order.unpaid",
        text="An order that is not paid within <words> is cancelled, and its <subjects_> go back "
        "into stock.",
        cues=(
            rf"\b(?:not|isn't|aren't|un) ?paid\b[^;.]{{0,30}}?\b(?:within|for|after|in) {DURATION}",
            rf"\b(?:within|after) {DURATION}[^;.]{{0,40}}?\b(?:not|un) ?paid\b",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("job", "cancel-unpaid-orders", "under a lock; what is paid meanwhile stays"),
            Mechanism("test", "cancel-unpaid-orders", "paid in the same second; run twice"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "order",
                    indexes=(
                        Index(
                            "orders_unpaid",
                            '"placed_at"',
                            where="\"status\" = 'placed'",
                            serves="cancel-unpaid-orders",
                        ),
                    ),
                ),
            ),
            jobs=(
                Job(
                    "cancel-unpaid-orders",
                    "every 10 minutes",
                    "Cancels orders that were placed <value> ago and are not paid, and gives their "
                    "stock back.",
                    "one is an hour past its time",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="order.backorder",
        text="What is out of stock can be ordered all the same: the line waits, in the order in "
        "which "
        "orders came, until there is enough.",
        cues=(
            r"\bback[- ]?orders?\b",
            r"\b(?:order|reorder|buy)s?\b[^;.]{0,40}?\bout of stock\b",
            r"\bout of stock\b[^;.]{0,40}?\b(?:can|may) (?:still )?be (?:ordered|bought)\b",
        ),
        mechanisms=(
            Mechanism("constraint", "order_lines_waiting", "CHECK: not more waits than is ordered"),
            Mechanism("job", "serve-backorders", "on each delivery, the oldest line first"),
            Mechanism("test", "serve-backorders", "less comes than is waited for"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "order_line",
                    fields=(Field("waiting_quantity", "integer", default="0"),),
                    constraints=(
                        Constraint(
                            "order_lines_waiting",
                            "check",
                            '"waiting_quantity" BETWEEN 0 AND "quantity"',
                            "order.backorder",
                        ),
                    ),
                    indexes=(
                        Index(
                            "order_lines_waiting_first",
                            '"<subject>_id", "created_at"',
                            where='"waiting_quantity" > 0',
                            serves="serve-backorders",
                        ),
                    ),
                ),
            ),
            jobs=(
                Job(
                    "serve-backorders",
                    "on each delivery",
                    "Gives what came in to the order lines that wait, the oldest first.",
                    "stock lies there for an hour while a line waits for it",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="order.shipping",
        text="Shipping: <words>. It is computed by the server and frozen with the order.",
        cues=(
            r"\b(?P<words>(?:orders?|everything|all)\b[^;.]{0,30}?(?:(?:costs?|pays?)\b[^;]{0,30}?(?:shipping|"
            r"delivery)|(?:is|are|have) (?:free )?(?:shipping|delivery|shipped free)[^;]{0,30}))",
            r"\b(?P<words>(?:shipping|delivery) (?:costs?|is|are)\b[^;]{2,60})",
            r"\b(?P<words>free (?:shipping|delivery) (?:from|above|over)\b[^;]{2,40})",
        ),
        unless=r"\b(?:days?|weeks?|hours?|delayed|late|address\w*)\b",
        mechanisms=(
            Mechanism("constraint", "orders.shipping_amount", "an amount, 0 or more"),
            Mechanism("test", "placeOrder", "one cent below and at the border; after a voucher"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "order",
                    fields=(Field("shipping_amount", "money", required=False),),
                ),
            ),
        ),
    ),
)
