"""Speed: how fast something new has to be, where that is one wish among others."""

from core.planning.model import Mechanism
from core.planning.packs.pack import Contribution, Note, Pack, RulePattern

_WITHIN = r"(?:in|within|under|below|in under|less than|at most|no more than|faster than)"
_BLINK = r"[\d.]+ ?(?:ms|milliseconds?|s|secs?|seconds?)\b"
# A span of seconds may also be a limit on what people do.
_NO_SPEED = (
    r"\b(?:otherwise|expires?|expired|lapses?|locks?|locked|logs?|logged|signed out|cancel\w*|undo|"
    r"undone|retr(?:y|ies|ied)|blocked|older than|apart|pause|wait(?:s|ing)?)\b"
)
_ANSWER = (
    rf"(?P<words>(?:^|(?<=[,;:]))[^,;]{{2,200}}?\b{_WITHIN} (?:the |an? "
    rf")?(?P<near>{_BLINK})[^,;]{{0,40}})",
    rf"(?P<words>\b{_WITHIN} (?P<near>{_BLINK})[^,;]{{3,60}})",
)
_BULK = (
    r"(?P<words>(?:^|(?<=[,;:]))[^,;]{0,200}\b\d[\d,.]* ?(?:k|thousand|million)? (?:rows|lines|"
    r"records|entries|files|pages|documents|messages|invoices|statements|items)"
    r"\b[^,;]{0,30}?\b(?:in|within) (?:under |below |less than |at most )?(?P<near>\d[\d.]* "
    r"?(?:minutes?|mins?|hours?)\b))",
)

SPEED = Pack(
    slug="speed",
    title="How fast it has to be",
    cues=(*_ANSWER, *_BULK),
    unless=_NO_SPEED,
    kind="none",
    rules=(
        RulePattern(
            slug="speed.budget",
            text="Fast enough for <share> percent of the calls, on data of full size: “<words>”.",
            cues=_ANSWER,
            unless=_NO_SPEED,
            quantity="duration",
            each=True,
            mechanisms=(
                Mechanism("alert", "<words>", "p<share> above <value> for ten minutes"),
                Mechanism("test", "<words>", "p<share> within <value>, in each build"),
                Mechanism("interface", "<words>", "a call ten times slower is broken off"),
            ),
        ),
        RulePattern(
            slug="speed.bulk",
            text="Fast enough as a whole: “<words>”.",
            cues=_BULK,
            quantity="duration",
            each=True,
            mechanisms=(
                Mechanism("job", "<words>", "in batches, so that others are not held up"),
                Mechanism("alert", "<words>", "a run takes longer than <value>"),
                Mechanism("test", "<words>", "a run of that size within <value>"),
            ),
        ),
    ),
    brings=Contribution(
        notes=(
            Note(
                "it_admin",
                "step",
                "Fill a copy with rows of two years to come before the budgets are measured: a "
                "query plan on an empty table says nothing.",
            ),
        ),
    ),
)
