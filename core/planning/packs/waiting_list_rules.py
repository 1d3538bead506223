"""The rules of waiting lists: order, offers, limits, who may be moved up, who sees what."""

from core.planning.model import (
    Action,
    Constraint,
    Entity,
    Field,
    Index,
    Mechanism,
    Question,
)
from core.planning.packs.pack import Contribution, Note, RulePattern
from core.planning.packs.waiting_list_move_rules import (
    LIST,
    WAITING_LIST_MOVE_RULES,
    WHO,
)
from core.planning.packs.wording import COUNT, DURATION

WAITING_LIST_RULES = (
    RulePattern(
        slug="waiting-list.once",
        text="Who finds a <subject_> full can wait for it, once at a time, and leave the list "
        "again.",
        cues=(
            rf"\b(?:join|put (?:\w+ ){{1,3}}on|add \w+ to|sign up for|enter|go on|get on) (?:an? "
            rf"|the |its )?{LIST}\b",
            rf"\b(?:leave|drop out of|remove (?:\w+ ){{1,2}}from) (?:the |an? |its )?{LIST}\b",
        ),
        always=True,
        mechanisms=(
            Mechanism("index", "waiting_entries_once", "UNIQUE: one live entry for each person"),
            Mechanism("interface", "joinWaitingList", "409 while a place is free: take that one"),
            Mechanism("test", "joinWaitingList", "twice in two tabs; again after leaving"),
        ),
    ),
    RulePattern(
        slug="waiting-list.first",
        text="A place that becomes free is held for who waits first and offered to nobody else; "
        "who declines or does not answer makes room for the next one. No place is given twice.",
        cues=(
            rf"\b(?:first|next)(?: \w+)? (?:on|in|from) the {LIST}\b",
            r"\b(?:first|next|longest)\b[^;.]{0,60}\b(?:asked|offered|notified|gets?|informed|"
            r"told|moves? up|receives?)\b",
            r"\b(?:place|spot|seat|slot)s? (?:becomes?|gets?|is|are) (?:free|freed|available)\b",
            r"\b(?:in|by) (?:the )?order of (?:joining|registration|sign-?up|entry|their)\b",
            r"\bfirst come,? first served?\b",
            r"\bmoves? up automatically\b|\bautomatically moves? up\b",
        ),
        always=True,
        mechanisms=(
            Mechanism("constraint", "places_held_or_taken", "CHECK: held for one or taken by one"),
            Mechanism("constraint", "places_numbered", "UNIQUE: each place of a <subject_> once"),
            Mechanism("index", "places_one_for_an_offer", "UNIQUE: one place for each offer"),
            Mechanism("job", "offer-free-places", "place and entry change in one transaction"),
            Mechanism(
                "test", "takePlace", "two places and three who wait; accepted as the offer lapses"
            ),
        ),
    ),
    RulePattern(
        slug="waiting-list.offer-time",
        text="An offer of a place stands for <words>; then it lapses and the next one is asked.",
        cues=(
            rf"\b(?:has|have|gets?|within|for) {DURATION}[^;.]{{0,30}}? to (?:take|accept|answer|"
            rf"confirm|decide|respond|react|reply|claim|say)\b",
            rf"\b(?:accept|answer|confirm|respond|react|reply|claim|take|decide)\w*(?: \w+){{0,3}} "
            rf"within {DURATION}",
            rf"\bwithin {DURATION}[^;.]{{0,40}}\b(?:accept|answer|confirm|respond|reply|claim|"
            rf"place|spot|next)\b",
            rf"\boffers? (?:stands?|lasts?|is valid|are valid|holds?|expires?|lapses?)(?: for| "
            rf"after)? {DURATION}",
            rf"\b(?:no|without an?) (?:answer|reply|reaction|response) (?:within|in|for|after) "
            rf"{DURATION}",
        ),
        quantity="duration",
        takes=("waiting-list.offer-time",),
        mechanisms=(
            Mechanism("constraint", "waiting_entries_offer_time", "CHECK: <value> at most"),
            Mechanism("job", "offer-free-places", "ends offers that are over, asks the next one"),
            Mechanism("test", "takePlace", "one second late answers 409 and takes nothing"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "waiting_entry",
                    constraints=(
                        Constraint(
                            "waiting_entries_offer_time",
                            "check",
                            '"offer_expires_at" <= "offered_at" + interval \'<value>\'',
                            "waiting-list.offer-time",
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="waiting-list.limit",
        text="A person waits for at most <value> <subjects_> at once.",
        cues=(
            rf"\bwaits? (?:for|in|on) (?:at most|up to|no more than|max\w*(?: of)?|only) {COUNT}\b",
            rf"\b{LIST} (?:of|for|at) (?:at most|up to|no more than|max\w*(?: of)?) {COUNT}\b",
            rf"\b(?:nobody|no one|not|cannot|can't|never)\b[^;.]{{0,30}}?\bmore than {COUNT} "
            rf"{LIST}\b",
            rf"\b(?:at most|up to|no more than|max\w*(?: of)?|only) {COUNT} (?:different |active "
            rf"|open )?{LIST}\b",
        ),
        quantity="count",
        mechanisms=(
            Mechanism("constraint", "waiting_entries_limit", "CHECK: its number is in range"),
            Mechanism("index", "waiting_entries_slot_once", "UNIQUE: person and number"),
            Mechanism("test", "joinWaitingList", "two tabs at once on the last free number"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "waiting_entry",
                    fields=(Field("slot_no", "integer", required=False),),
                    constraints=(
                        # What has ended has no number, and does not count.
                        Constraint(
                            "waiting_entries_limit",
                            "check",
                            '(("slot_no" BETWEEN 1 AND <value>) IS TRUE) = ("ended_at" IS NULL)',
                            "waiting-list.limit",
                        ),
                    ),
                    indexes=(
                        Index(
                            "waiting_entries_slot_once",
                            '"waiting_id", "slot_no"',
                            where='"slot_no" IS NOT NULL',
                            unique=True,
                            serves="joinWaitingList",
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="waiting-list.places",
        text="A <subject_> has <value> places.",
        cues=(
            r"\b(?:has|have|with|for|takes?|of|limited to|at most|max\w*) (?P<near>\d{1,4}) "
            r"(?:places|"
            r"seats|spots|participants|children|students|people|persons)\b",
        ),
        quantity="count",
        mechanisms=(
            Mechanism("constraint", "<subjects>_places", "CHECK: at most <value>"),
            Mechanism("test", "joinWaitingList", "place <value> is taken: the list opens"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<subject>",
                    constraints=(
                        Constraint(
                            "<subjects>_places",
                            "check",
                            '"capacity" <= <value>',
                            "waiting-list.places",
                        ),
                    ),
                ),
            ),
        ),
    ),
    *WAITING_LIST_MOVE_RULES,
    RulePattern(
        slug="waiting-list.count",
        text="<Who> see how many wait for a <subject_>.",
        cues=(
            rf"(?:^|[,;:] |\band ){WHO} (?:can |may |must )?sees? how many (?:\w+ )?(?:wait|are "
            rf"(?:on|waiting))\b",
            rf"(?:^|[,;:] |\band ){WHO} (?:can |may |must )?sees? the (?:length|size) of the "
            rf"{LIST}\b",
        ),
        mechanisms=(
            Mechanism("permission", "countWaiting", "<who>; a number, no names"),
            Mechanism("test", "countWaiting", "entries that ended do not count"),
        ),
        adds=Contribution(
            actions=(
                Action(
                    "countWaiting",
                    "See how many wait for a <subject_>",
                    "waiting_entry",
                    "GET",
                    "/<subjects->/{<subject>_id}/waiting-count",
                    page="<Subject_>",
                    permission="<who>, for their own <subjects_>",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="waiting-list.position",
        text="Who waits sees at which position they are.",
        cues=(
            r"\b(?:sees?|shows?|shown|knows?|told|check)\b[^;.]{0,30}\b(?:their |his |her |one's |"
            r"your |my |own |current )*(?:position|rank|place in (?:the )?(?:line|queue|list))\b",
            r"\bhow many (?:people |persons |others )?are (?:ahead|before|in front)\b",
        ),
        mechanisms=(
            Mechanism("interface", "listMyWaiting", "counts live entries that come before"),
            Mechanism("test", "listMyWaiting", "after somebody left, and after a move up"),
        ),
        adds=Contribution(
            notes=(
                Note(
                    "dba",
                    "query",
                    'Position: count of "waiting_entries" of the same <subject_> that wait and '
                    'have a smaller ("queued_at", "id"), plus one.',
                ),
            ),
        ),
    ),
    RulePattern(
        slug="waiting-list.priority",
        text="The order has a first group: <words> are asked before all others, within it by the "
        "time of joining.",
        cues=(
            r"\b(?P<words>[a-z][^,;:.]{2,80}?) (?:go|goes|come|comes|are asked|are offered|rank|"
            r"get asked) (?:first|before (?:all |the )?others)\b",
            r"\b(?P<words>[a-z][^,;:.]{2,60}?) (?:have|has|get|gets) (?:priority|precedence)\b",
            r"\bpriority (?:is given to|for|to) (?P<words>[a-z][^,;:.]{2,60})",
        ),
        unless=r"\bfirst come\b|\bfirst on the\b",
        mechanisms=(
            Mechanism("constraint", "waiting_entries_rank_known", "CHECK: 0 for the first group"),
            Mechanism("job", "offer-free-places", "orders by rank, then by the time of joining"),
            Mechanism(
                "test",
                "offer-free-places",
                "joins later and is asked first; loses the ground for it while waiting",
            ),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "waiting_entry",
                    fields=(Field("rank", "integer", default="1"),),
                    constraints=(
                        Constraint(
                            "waiting_entries_rank_known",
                            "check",
                            '"rank" IN (0, 1)',
                            "waiting-list.priority",
                        ),
                    ),
                ),
            ),
            questions=(
                Question(
                    "waiting-list.priority-proof",
                    "Who checks that somebody belongs to those who come first, and when?",
                    "Who runs the <subject_> confirms it before the entry ranks first.",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="waiting-list.for-whom",
        text="Who joins the list does it for a <record_>: the <record_> waits, and gets the place.",
        cues=(
            rf"\b(?:put|register|add|enter|sign up)s? (?:an? |the |their |his |her |own "
            rf")+(?P<record>"
            rf"child|children|son|daughter|pet|dog|cat|horse|team)\b[^;.]{{0,30}}\b{LIST}\b",
            r"\b(?:put|register|add|enter)s? (?:an? |the |their |his |her )(?P<record>child|pet|"
            r"dog|"
            r"team|horse) (?:on|onto|to)\b",
            r"\bsigns? up (?:an? |the |their |his |her |one of their )+(?P<record>child|children|"
            r"son|"
            r"daughter|pet|dog|team|horse)\b",
        ),
        mechanisms=(
            Mechanism("index", "waiting_entries_once_a_<record>", "UNIQUE: one live entry each"),
            Mechanism("permission", "joinWaitingList", "for one's own <record_> only"),
            Mechanism("test", "joinWaitingList", "both parents enter one <record_>: 409"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<record>",
                    summary="For whom somebody waits.",
                    fields=(
                        Field("guardian_id", "ref", references="user", existing=True),
                        Field("name", "text", personal=True, existing=True),
                    ),
                    existing=True,
                ),
                Entity(
                    "waiting_entry",
                    fields=(Field("<record>_id", "ref", references="<record>"),),
                    indexes=(
                        Index(
                            "waiting_entries_once_a_<record>",
                            '"<subject>_id", "<record>_id"',
                            where='"ended_at" IS NULL',
                            unique=True,
                            serves="joinWaitingList",
                        ),
                    ),
                ),
            ),
        ),
    ),
)
