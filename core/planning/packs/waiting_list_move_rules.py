"""The rules of moving up on a waiting list: who may, why, and who sees that it happened."""

from core.planning.model import (
    Action,
    Constraint,
    Entity,
    Field,
    Index,
    Mechanism,
    Trigger,
)
from core.planning.packs.pack import Contribution, RulePattern, Threat
from core.planning.reading.captures import NAME

LIST = r"(?:wait(?:ing)?[ -]?lists?|waiting queues?|queue|list|line)"
WHO = rf"(?P<who>(?:the |an? |our )?{NAME}(?: {NAME}){{0,3}}?(?: of an? {NAME})?)"
_UP = (
    r"(?:moves?|puts?|shifts?|pulls?|pushes|push|brings?|places?) (?:[a-z]+ ){1,4}?(?:up|forward|"
    r"(?:to|at|on) the (?:top|front|head)|higher|ahead)\b"
)
_SKIP = (
    r"(?:skips?|passes over|pass over|bypass(?:es)?|jumps?|changes? the order|overrides? the order)"
)
_WHY = r"(?:reasons?|why|justif\w+|explanation|explain\w*)"

_MOVES_STAY = """\
IF TG_OP = 'DELETE' AND current_setting('app.purge', true) = 'on' THEN
    RETURN OLD;
END IF;
RAISE EXCEPTION '"queue_moves_added_only": a move stays as it was'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'queue_moves_added_only';"""


WAITING_LIST_MOVE_RULES = (
    RulePattern(
        slug="waiting-list.moved-up",
        text="<Who> can move an entry out of its turn, and only with a reason that stays on "
        "record.",
        cues=(
            rf"(?:^|[,;:] |\b(?:and|but) )(?:only )?{WHO} (?:can|may|must|is allowed to|are "
            rf"allowed to)(?: not| only)? (?:{_UP}|{_SKIP})[^;.]{{0,60}}?\b{_WHY}\b",
            rf"(?:^|[,;:] |\b(?:and|but) )(?:only )?{WHO} (?:can|may)(?: also)? {_UP}",
            rf"(?:^|[,;:] |\b(?:and|but) )(?:only )?{WHO} (?:can|may) (?:change the order|"
            rf"reorder (?:the )?{LIST}|override the order)\b",
        ),
        mechanisms=(
            Mechanism("constraint", "queue_moves_reason", "CHECK: the reason is not blank"),
            Mechanism("trigger", "queue_moves_added_only", "refuses UPDATE and DELETE"),
            Mechanism("permission", "moveUpWaiting", "<who>"),
            Mechanism(
                "test", "moveUpWaiting", "without a reason; an entry that is offered already"
            ),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "queue_move",
                    summary="An entry was moved out of its turn: by whom, from where to where, and "
                    "why.",
                    fields=(
                        Field("waiting_entry_id", "ref", references="waiting_entry"),
                        Field("moved_by_id", "ref", references="user"),
                        Field("old_queued_at", "moment"),
                        Field("new_queued_at", "moment"),
                        Field("reason", "long_text"),
                    ),
                    constraints=(
                        Constraint(
                            "queue_moves_reason",
                            "check",
                            'length(trim("reason")) > 0',
                            "waiting-list.moved-up",
                        ),
                        Constraint(
                            "queue_moves_elsewhere",
                            "check",
                            '"new_queued_at" <> "old_queued_at"',
                            "waiting-list.moved-up",
                        ),
                    ),
                    indexes=(
                        Index(
                            "queue_moves_of_entry", '"waiting_entry_id"', serves="listQueueMoves"
                        ),
                    ),
                    triggers=(
                        Trigger(
                            "queue_moves_added_only",
                            "BEFORE UPDATE OR DELETE",
                            _MOVES_STAY,
                            "waiting-list.moved-up",
                        ),
                    ),
                ),
            ),
            actions=(
                Action(
                    "moveUpWaiting",
                    "Move somebody up the waiting list, with a reason",
                    "queue_move",
                    "POST",
                    "/waiting-list/{waiting_entry_id}/moves",
                    body=("new_queued_at", "reason"),
                    page="Waiting list of a <subject_>",
                    permission="<who>",
                    rules=("waiting-list.moved-up",),
                ),
                Action(
                    "listQueueMoves",
                    "List who was moved out of turn on a waiting list",
                    "queue_move",
                    "GET",
                    "/<subjects->/{<subject>_id}/queue-moves",
                    page="Waiting list of a <subject_>",
                    permission="who runs the <subject_>; others as the rule about it says",
                    many=True,
                ),
            ),
            threats=(
                Threat(
                    "waiting-list.favours",
                    "moveUpWaiting",
                    "E",
                    "Somebody moves friends up.",
                    "A move needs a reason, is never deleted, and the moves by person are reviewed "
                    "every month.",
                    2,
                    2,
                ),
            ),
        ),
    ),
    RulePattern(
        slug="waiting-list.moves-seen",
        text="That an entry was moved up is visible to all who wait, without the reason and "
        "without names.",
        cues=(
            r"\b(?:everybody|everyone|all|others|students|members|people|participants|those who "
            r"wait) (?:can |must |may )?sees? (?:that|when|whether|if) (?:it|this|that|somebody|"
            r"someone|an entry|a move)\b",
            r"\b(?:it|this|each move|the move|every move) (?:is|must be) visible (?:to|for) "
            r"(?:all|everybody|everyone|others)\b",
        ),
        mechanisms=(
            Mechanism("interface", "listQueueMoves", "time and places only, for who waits"),
            Mechanism("test", "listQueueMoves", "as somebody who waits: no name, no reason"),
        ),
    ),
)
