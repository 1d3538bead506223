"""What a brief promises beside the budget: single calls, writers, rights, means, and a window."""

from core.planning.model import Mechanism
from core.planning.packs.pack import RulePattern

_PIECE = r"(?:^|(?<=[,;:.])|(?<= and )|(?<= but ))"
_BLINK = r"\d[\d.,]* ?(?:ms|milliseconds?|s|secs?|seconds?|min|minutes?|hours?)\b"
_CLOCK = r"\d{1,2}(?:[:.]\d\d)?(?: ?(?:am|pm))?"
_DAY = (
    r"(?:mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?|nights?|weekends?)"
)

PERFORMANCE_PROMISE_RULES: tuple[RulePattern, ...] = (
    RulePattern(
        slug="performance.own-budget",
        yields=True,
        text="A budget of its own: “<words>”, for <share> percent of the calls.",
        each=True,
        cues=(
            rf"{_PIECE}(?P<words>[^;:]{{3,80}}(?:: | in | within | under |, at most )(?:at most |"
            rf"under )?(?P<near>{_BLINK})(?: or less)?(?: ?\(?p\d\d\)?)?)",
            rf"(?P<words>\b(?:target|goal|budget)\b\W{{0,3}}(?P<near>{_BLINK})[^;]{{0,40}})",
        ),
        unless=r"\b(?:older|behind|old|takes|took|observed|today|now|currently|needs|was|is slow|"
        r"visible|downtime|refreshes)\b",
        quantity="duration",
        mechanisms=(
            Mechanism("alert", "<words>", "p<share> above <value> for ten minutes"),
            Mechanism("test", "<words>", "recorded calls stay within <value>"),
        ),
    ),
    RulePattern(
        slug="performance.longest",
        text="Never longer than <value>: a call that would take longer is broken off.",
        cues=(rf"\bnever (?:takes?|needs?|be) (?:longer|more) than (?P<near>{_BLINK})",),
        quantity="duration",
        mechanisms=(
            Mechanism("interface", "list<Subjects>", "statement_timeout of <value>"),
            Mechanism("alert", "list<Subjects>", "a call was broken off"),
        ),
    ),
    RulePattern(
        slug="performance.people",
        yields=True,
        text="The budget also holds with <words>.",
        cues=(
            r"(?P<words>(?P<near>\d[\d,.]*k?)(?: [a-z]+){1,3} (?:at a time|online|look(?:ing)? at|"
            r"at peak|per second)\b[^,;]{0,20})",
            r"\bwith (?P<words>(?P<near>\d[\d,.]*k?) (?:people|users|agents|clerks)\b)",
        ),
        quantity="count",
        mechanisms=(
            Mechanism("test", "list<Subjects>", "<words>, for ten minutes, on full data"),
            Mechanism("alert", "list<Subjects>", "connections wait for longer than 100 ms"),
        ),
    ),
    RulePattern(
        slug="performance.at-once",
        text="Shown at once, never from a cache: “<words>”.",
        cues=(
            rf"{_PIECE}(?P<words>[^,;:]{{3,80}}\b(?:show(?:s|n)? up|appears?|visible|seen|shown)\b"
            r"[^,;]{0,20}\b(?:immediately|at once|right away|instantly))\b",
        ),
        mechanisms=(
            Mechanism("query", "list<Subjects>", "read from the rows themselves on each call"),
            Mechanism("test", "list<Subjects>", "written, then read by somebody else: it is there"),
        ),
    ),
    RulePattern(
        slug="performance.visible-after",
        text="What has changed is seen in time: “<words>”.",
        cues=(
            rf"{_PIECE}(?P<words>[^,;:]{{3,80}}\bvisible (?:within|after|in) (?P<near>{_BLINK})"
            r"[^,;]{0,20})",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("alert", "list<Subjects>", "what is shown is older than <value>"),
            Mechanism("test", "list<Subjects>", "a change is visible after <value>"),
        ),
    ),
    RulePattern(
        slug="performance.slower-parts",
        text="What may take longer, and is still found: “<words>”.",
        cues=(
            rf"(?P<words>[^;]{{0,90}}\b(?:may|can) take (?:up to )?(?P<near>{_BLINK}))",
            r"(?P<words>[^,;]{0,60}\bolder than [^,;]{3,20} (?:still )?(?:must|should) (?:still )"
            r"?be "
            r"found\b)",
        ),
        mechanisms=(
            Mechanism("query", "list<Subjects>", "old partitions are read only where asked for"),
            Mechanism("test", "list<Subjects>", "a row from before that age is found"),
        ),
    ),
    RulePattern(
        slug="performance.as-today",
        yields=True,
        text="As it is today: “<words>”. Old and new answers are compared.",
        each=True,
        cues=(
            rf"{_PIECE}(?P<words>[^;:]{{3,100}}(?:,| )? ?\b(?:same )?(?:as|like) (?:it is |they "
            rf"are )?"
            r"(?:now|today|before)\b)",
            rf"{_PIECE}(?P<words>(?:[^,;:]{{3,60}}) (?:must |should )?(?:stays?|remains?) (?:the "
            rf"same|"
            r"as (?:it|they) (?:is|are)|unchanged)\b)",
            rf"{_PIECE}(?P<words>(?:access |user )?(?:rights|permissions) (?:are )?unchanged)\b",
            r"^(?P<words>same [a-z]+(?:, (?:same )?[^,;]{3,30}){0,3})",
            rf"{_PIECE}(?P<words>[^,;:]{{3,60}} (?:must |should |may )?still (?:only )?(?:sees?|"
            rf"get|"
            r"find|read) [^,;]{3,60})",
        ),
        mechanisms=(
            Mechanism("test", "<words>", "old and new side by side, for each role"),
            Mechanism("permission", "list<Subjects>", "part of the statement, as before"),
        ),
    ),
    RulePattern(
        slug="performance.no-slower",
        text="Nothing else pays for it: “<words>”.",
        each=True,
        cues=(
            rf"{_PIECE}(?P<words>[^,;:]{{3,60}} (?:must|may|should) not (?:get|become|be) (?:any )?"
            r"(?:slower|bigger|larger|heavier)\b[^,;]{0,30})",
            rf"{_PIECE}(?P<words>no [a-z]+ (?:may|must|can) (?:get|be) lost)\b",
            rf"{_PIECE}(?P<words>must not lock [^,;]{{3,50}})",
        ),
        mechanisms=(
            Mechanism("test", "<words>", "measured before and after, under the same load"),
            Mechanism("alert", "<words>", "a tenth slower than before for an hour"),
        ),
    ),
    RulePattern(
        slug="performance.without",
        yields=True,
        text="Done without it: “<words>”.",
        each=True,
        cues=(
            r"(?P<words>\b(?:no|without) (?:an? |any )?(?:new )?(?:read replicas?|replicas?|"
            r"caching|"
            r"cache|maintenance windows?|downtime|new servers?|second database|extra hardware)\b"
            r"[^,;]{0,60})",
        ),
        unless=r"\b(?:zero|no|without) downtime\b|\bno (?:new|another|second) (?:servers?|data)",
        mechanisms=(
            Mechanism("index", "<subjects>", "CREATE INDEX CONCURRENTLY, lock_timeout of 5 s"),
            Mechanism("test", "rollout", "the plan names nothing of the kind"),
        ),
    ),
    RulePattern(
        slug="performance.stays-on",
        text="It stays where it is: “<words>”.",
        cues=(r"(?P<words>\bstay(?:s)? (?:on|with) (?:\w+ ?){1,3})$",),
        yields_to=("performance.same-systems",),
        mechanisms=(Mechanism("test", "rollout", "the plan names no other system"),),
    ),
    RulePattern(
        slug="performance.build-window",
        text="Indexes are built in this window alone: “<words>”.",
        cues=(
            rf"(?P<words>\bindex(?:es)?\b[^;]{{0,50}}\b(?:{_DAY}|at night|between)\b[^;]{{0,10}}?"
            rf"{_CLOCK} ?(?:-|–|to|and) ?{_CLOCK})",
        ),
        mechanisms=(
            Mechanism("job", "build-<subject>-indexes", "started and stopped by that clock"),
            Mechanism("alert", "build-<subject>-indexes", "one is still building when it ends"),
        ),
    ),
    RulePattern(
        slug="performance.resumes",
        text="A run that breaks off is no new start: “<words>”.",
        cues=(
            r"(?P<words>[^,;]{0,60}\b(?:breaks off|fails|is interrupted|stops)\b[^,;]{0,20}"
            r"\bcontinues?\b[^,;]{0,40})",
        ),
        mechanisms=(
            Mechanism("job", "<words>", "works in batches and writes down how far it is"),
            Mechanism("test", "<words>", "stopped in the middle: no row twice, none missing"),
        ),
    ),
)
