"""What a brief demands of a report that comes by itself: when, as what, with what, to whom."""

from core.planning.model import Mechanism
from core.planning.packs.pack import RulePattern

PERIODIC = r"(?:daily|weekly|monthly|quarterly|yearly|annual)"
FILE = r"(?:PDF|CSV|Excel|XLSX|spreadsheet|HTML)"
DAY = r"(?:day|week|month|quarter|morning|evening|monday|tuesday|wednesday|thursday|friday)"
PAPER = r"(?:reports?|summar(?:y|ies)|digests?|overviews?)"

REPORT_RULES: tuple[RulePattern, ...] = (
    RulePattern(
        slug="report.once",
        text="A period is reported once: a repeated or late run sends nothing a second time.",
        cues=(rf"\b{PAPER}\b.{{0,200}}\b(?:once|twice|again)\b",),
        always=True,
        mechanisms=(
            Mechanism("constraint", "report_runs_once", "UNIQUE: schedule and period"),
            Mechanism("constraint", "report_deliveries_once", "UNIQUE: run and recipient"),
            Mechanism("job", "send-due-reports", "takes each due schedule under a lock"),
            Mechanism("test", "send-due-reports", "stops between sending and noting it"),
        ),
    ),
    RulePattern(
        slug="report.rights",
        text="A report holds what its recipient may see on the day it is sent, no more.",
        cues=(
            r"\bonly\b.{0,200}\b(?:their|own|may see|allowed)\b",
            rf"\b{PAPER}\b.{{0,200}}\bpermissions?\b",
        ),
        always=True,
        takes=("report.leaver",),
        mechanisms=(
            Mechanism("query", "send-due-reports", "the recipient's own rights, at that time"),
            Mechanism("test", "send-due-reports", "a right taken away the day before"),
        ),
    ),
    RulePattern(
        slug="report.cadence",
        text="The report comes by itself: <words>.",
        cues=(
            rf"\b(?P<words>{PERIODIC}) (?:[\w-]+ ){{0,2}}(?:{PAPER}|{FILE})\b",
            rf"\b(?:{PAPER}|{FILE}) (?P<words>per (?:day|week|month|quarter|year))\b",
            rf"\b(?:{PAPER}|{FILE})\b.{{0,60}}\b(?P<words>(?:every|each) {DAY}s?|on "
            rf"{DAY}s?)\b",
            rf"\b(?P<words>(?:every|each) {DAY}s?|on {DAY}s?)\b.{{0,60}}\b(?:{PAPER}|"
            rf"{FILE})\b",
        ),
        mechanisms=(
            Mechanism("job", "send-due-reports", "by the time zone of the schedule"),
            Mechanism("test", "send-due-reports", "the month's last day, and changed clocks"),
            Mechanism("alert", "send-due-reports", "a schedule is an hour late"),
        ),
    ),
    RulePattern(
        slug="report.format",
        text="It comes as <words>.",
        cues=(
            rf"\b{PAPER}\b.{{0,200}}\b(?:as|in) (?:an? )?(?P<words>(?:PDF|CSV|Excel|XLSX|HTML|"
            r"spreadsheet)(?:(?:,| or| and| /) ?(?:an? )?(?:PDF|CSV|Excel|XLSX|HTML|"
            r"spreadsheet)){0,3})\b",
            rf"\b(?P<words>PDF|CSV|Excel)[ -]{PAPER}\b",
            rf"\b{PERIODIC} (?P<words>{FILE})\b",
            rf"\b{PAPER}\b[^();]{{0,60}}\((?P<words>{FILE})\)",
        ),
        mechanisms=(
            Mechanism("constraint", "report_schedules_format_known", "CHECK: known formats"),
            Mechanism("test", "send-due-reports", "the same numbers in each format"),
        ),
    ),
    RulePattern(
        slug="report.content",
        text="What it shows: <words>; each figure as it was on the day the period ended.",
        cues=(
            rf"\b{PERIODIC} (?:[\w-]+ ){{0,2}}(?:{PAPER}|{FILE})(?: with| of|:) "
            r"(?P<words>[^;]{5,120})$",
            rf"\b{PAPER}\b[^;:]{{0,40}}\b(?:shows?|with|lists?|:) (?P<words>(?:the )?[a-z]+ "
            rf"(?:vs\.?|"
            r"versus|against|and|per|by) [^;]{3,100})$",
        ),
        mechanisms=(
            Mechanism("query", "send-due-reports", "one statement over the whole period"),
            Mechanism("test", "send-due-reports", "added up by hand; a period with nothing"),
        ),
    ),
    RulePattern(
        slug="report.recipients",
        text="Its owner names the recipients; each of them can leave.",
        cues=(
            rf"\b{PAPER}\b.{{0,200}}\b(?:to|for) (?:the |all |their |several )?\w+",
            r"\b(?:recipients?|subscribers?|subscribe|unsubscribe)\b",
        ),
        always=True,
        mechanisms=(
            Mechanism("constraint", "report_recipients_once", "UNIQUE: once in a schedule"),
            Mechanism("interface", "leaveReport", "one click in each e-mail, without a form"),
        ),
    ),
)
