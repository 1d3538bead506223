"""The rules of one of each, of the least, of ranges, places and ages."""

from core.planning.model import Constraint, Entity, Field, Mechanism, Question
from core.planning.packs.pack import Contribution, RulePattern
from core.planning.packs.wording import AT_MOST, COUNT

_NAME = r"[a-z][a-z-]*(?: [a-z][a-z-]*)?"
_PERSON = (
    r"(?P<person>(?:person|user|member|customer|student|employee|household|account|guest|parent|"
    r"patient|reader|player|participant|family|applicant|[a-z]+(?:er|or|ent|ant)))"
)
_MONEY = r"(?P<near>(?:[€$£] ?[\d,.]+|[\d,.]+ ?(?:€|£|EUR|USD|GBP|CHF|euros?|dollars)))"
_WHO = (
    r"(?:nobody|no one|anybody|anyone|everybody|everyone|whoever|(?:no |only )?(?:children|kids|"
    r"people|persons|pupils|students|members|guests|players|visitors|participants|users|customers|"
    r"minors|teenagers|riders|drivers|passengers|applicants|residents|swimmers|runners|those|"
    r"volunteers|buyers|readers|patients|employees|adults|child|member|somebody|someone))"
)
_AGE = r"(?:\d|1\d|2[01]|6\d)"
_NO_UNIT = r"(?! ?(?:%|percent|eur|usd|€|\$|minutes?|hours?|days?|weeks?|months?|km|kg|points?)\b)"

RANGE_RULES = (
    RulePattern(
        slug="limit.one-in-time",
        text="One <record_> <event> at most; the second one is refused, also when two come at "
        "once.",
        cues=(
            rf"\b(?:(?:not |no )?more than one|at most one|only one|just one) (?P<record>{_NAME}) "
            rf"(?P<event>(?:per|an?|each|every) (?:day|week|month|quarter|year)(?: (?:and|per) "
            rf"[a-z]+)?)",
            rf"^one (?P<record>{_NAME}) (?P<event>(?:per|an?|each|every) (?:day|week|month|quarter|"
            rf"year)(?: (?:and|per) [a-z]+)?)$",
        ),
        mechanisms=(
            Mechanism(
                "interface", "create<Record>", "counts under a lock on the person: 409, with when"
            ),
            Mechanism("test", "create<Record>", "two at once; a second before and after midnight"),
        ),
    ),
    RulePattern(
        slug="limit.one-per-person",
        text="One <record_> <event>: a second one is refused, also when two come at once.",
        cues=(
            rf"\b(?:only |just |at most |not more than )?one (?P<record>{_NAME}) (?P<event>(?:per|"
            rf"for each|for every|for one) {_PERSON})\b(?! (?:and|per) (?:day|week|month|year))",
            rf"\b(?P<event>(?:an?|each|every|no) {_PERSON}) (?:can |may )?(?:only )?(?:ha(?:s|ve)|"
            rf"gets?|holds?|books?|opens?|submits?|enters?) (?:only one|at most one|(?:not )?more "
            rf"than one|just one) (?P<record>{_NAME})",
        ),
        mechanisms=(
            Mechanism("constraint", "<records>_one_each", "UNIQUE: a column for whom it is"),
            Mechanism("interface", "create<Record>", "409 that shows the one there is"),
            Mechanism("test", "create<Record>", "a double click; one that was taken back"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<record>",
                    fields=(Field("one_for", "text"),),
                    constraints=(
                        Constraint(
                            "<records>_one_each", "unique", '"one_for"', "limit.one-per-person"
                        ),
                    ),
                ),
            ),
            questions=(
                Question(
                    "limit.same-person",
                    "By what does the system know that it is the same <person_> again?",
                    "By the account, or by the address where there is none.",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="limit.range",
        text="A <record_> has between <lower> and <value> <event>: fewer or more is refused.",
        cues=(
            rf"(?:^|[,;:] |\band )(?:an?|each|every|the|one) (?P<record>{_NAME}) (?:must |can |"
            rf"may |should )?(?:ha(?:s|ve)|takes?|needs?|consists? of|is for|holds?|contains?|"
            rf"includes?|seats?) (?:between )?(?P<near>\d+ ?(?:and|to|-|\u2013) ?\d+) "
            rf"(?P<event>[a-z]+(?: [a-z]+)?)",
            r"\bbetween (?P<near>\d+ and \d+) (?P<event>[a-z]+(?: [a-z]+)?) (?:can|may|must) "
            r"(?:go|take part|join|attend|come|play|participate|work|be)\b",
            rf"\b(?P<near>\d+ ?(?:-|\u2013|to) ?\d+) (?P<event>[a-z]+) per (?P<record>{_NAME})",
        ),
        unless=r"\b(?:today|usually|about|around|currently|working days|years?|hours?|minutes?|"
        r"days?|weeks?|months?)\b",
        quantity="count",
        mechanisms=(
            Mechanism("constraint", "<records>_<event_>_in_range", "CHECK: the count in the row"),
            Mechanism("interface", "<record>", "counts under a lock on the <record_>"),
            Mechanism("test", "<record>", "exactly <lower> and <value>, and one beyond either"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<record>",
                    fields=(Field("<event_>_count", "integer", default="0"),),
                    constraints=(
                        Constraint(
                            "<records>_<event_>_in_range",
                            "check",
                            '"<event_>_count" BETWEEN 0 AND <value>',
                            "limit.range",
                        ),
                    ),
                ),
            ),
            questions=(
                Question(
                    "limit.too-few",
                    "What happens when fewer than <lower> <event> have come together: is it "
                    "cancelled, by whom, and until when?",
                    "Who is responsible decides; nothing is cancelled by itself.",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="limit.least-amount",
        text="The least amount is <words> (<event>): less is refused, with what is missing.",
        cues=(
            rf"\b(?P<event>minimum (?!is\b|of\b)[a-z]+(?: (?!is\b|of\b)[a-z]+)?) ?(?:is|of|:|=)? "
            rf"?{_MONEY}",
            rf"\b(?P<event>[a-z]+(?: [a-z]+)?) (?:must be |of |start at |from )?(?:at least|no "
            rf"less than) {_MONEY}",
        ),
        unless=r"\b(?:approv|sign|confirm)\w*|\bfree\b",
        quantity="money",
        mechanisms=(
            Mechanism("constraint", "<records>_least_amount", "CHECK: <value> <unit> at least"),
            Mechanism("interface", "create<Record>", "422 with the amount, before payment"),
            Mechanism("test", "create<Record>", "exactly the amount, a cent less, a voucher on it"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<record>",
                    fields=(Field("amount", "money", required=False),),
                    constraints=(
                        Constraint(
                            "<records>_least_amount",
                            "check",
                            '"amount" >= <value>',
                            "limit.least-amount",
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="limit.places",
        text="A <record_> has at most <value> <event>; one more is refused, also when two come at "
        "once.",
        cues=(
            rf"\b{AT_MOST} {COUNT} (?P<event>(?:people|persons|participants?|students?|pupils?|"
            rf"guests?|members?|players?|visitors?|children|[a-z]+(?:ers|ants|ees))) (?:per|in "
            rf"each|in one|for each|on each|in an?) (?P<record>{_NAME})",
        ),
        quantity="count",
        mechanisms=(
            Mechanism("interface", "create<Record>", "counts under a lock on the <record_>: 409"),
            Mechanism("test", "create<Record>", "two at once on the last place; one cancelled"),
        ),
    ),
    RulePattern(
        slug="limit.measure",
        text="At most <words> (<event>): more is refused, with the number that is possible.",
        cues=(
            r"(?:^|[,;:] |\b(?:the|its|their) )(?P<event>[a-z]+(?: [a-z]+)?) (?:must not|may not|"
            r"cannot|"
            r"can't|can not|must never) (?:exceed|be (?:above|over|more than|higher than|longer "
            r"than|"
            r"heavier than)) (?P<words>(?P<near>\d[\d.,]*) ?(?:kg|g|t|km|m|cm|mm|l|ml|degrees|"
            r"points|"
            r"characters|pages|words|%))(?![a-z])",
        ),
        quantity="count",
        mechanisms=(
            Mechanism("interface", "<record>", "422 that names the limit"),
            Mechanism("test", "<record>", "exactly the limit, and a little more"),
        ),
    ),
    RulePattern(
        slug="limit.all-together",
        text="At most <value> <event> at the same time, over all; one more is refused, also when "
        "two come at once.",
        cues=(
            rf"^(?:there (?:are|can be|may be|must be) )?{AT_MOST} {COUNT} (?P<event>[a-z]+(?: "
            rf"[a-z]+)?) (?:at a time|at once|at the same time|simultaneously|in total|altogether|"
            rf"in the "
            r"[a-z]+)\b",
        ),
        quantity="count",
        mechanisms=(
            Mechanism("interface", "create<Record>", "counts under one lock for all: 409"),
            Mechanism("test", "create<Record>", "two at once on the last place; one that ends"),
        ),
    ),
    RulePattern(
        slug="limit.people",
        text="At most <value> <event> for each <person_>; one more is refused.",
        cues=(
            rf"\b{AT_MOST} {COUNT} (?P<event>(?:people|persons|guests|visitors|children|companions|"
            rf"participants|players)) (?:per|for each|with each|with one) {_PERSON}",
        ),
        quantity="count",
        mechanisms=(
            Mechanism("interface", "<record>", "counts under a lock on the <person_>: 409"),
            Mechanism("test", "<record>", "two at once on the last one; one taken back"),
        ),
    ),
    RulePattern(
        slug="limit.age",
        each=True,
        text="Age counts: <event>. It is worked out from the birth date, on the day itself.",
        cues=(
            rf"(?P<event>\b{_WHO} (?:(?:of|aged|who are|must be|may be|can be) )?(?:under|below|"
            rf"over|above|younger than|older than) (?:the age of "
            rf")?{_AGE}{_NO_UNIT}\b[^,;:.]{{0,60}})",
            rf"(?P<event>[a-z][^,;:.]{{1,50}}? (?:must be|has to be|have to be|should be|needs? "
            rf"to be) (?:at least |between )?{_AGE}(?: (?:and|to) {_AGE})?(?: years? (?:old|of "
            rf"age)| or (?:older|over|above)| and (?:older|over))[^,;:.]{{0,40}})",
            rf"(?P<event>\b(?:minimum age|from the age of|age limit|only from age|aged) (?:is |of "
            rf"|:)?{_AGE}\b[^,;:.]{{0,40}})",
        ),
        mechanisms=(
            Mechanism("interface", "<record>", "compares the birth date with the day it is for"),
            Mechanism(
                "test", "<record>", "the day before the birthday, the day itself, 29 February"
            ),
        ),
        adds=Contribution(
            questions=(
                Question(
                    "limit.age-known",
                    "How is the age known: does the person say it, or does somebody check it?",
                    "The person enters the birth date; nobody checks it.",
                ),
            ),
        ),
    ),
)
