"""Pieces of the patterns by which packs of demands find a thing, a time and a number.

`SUBJECT` finds the thing that a sentence begins with, also where a remark stands between it and
its verb (“a referral that nobody answers expires”); `DURATION` and `COUNT` stand for the number
that a rule takes.
"""

_ARTICLE = r"(?:(?:an?|the|each|every|any|all|such|one|their|its|our|these|those|new|old) )?"
_NAME = r"[a-z][a-z-]*(?: [a-z][a-z-]*){0,2}?"
_REMARK = (
    r"(?: (?:that|which|who|whose|of|without|with|on|in|for|from|to|by|not|we|i|older|[a-z]+ing|"
    r"[a-z]+ed)\b[^,;]{0,80}?)?(?: \([^()]{1,40}\)|, [^,;]{1,40},)?"
)
BEGIN = r"(?:^|[,;:\u2013\u2014] |\b(?:and|but|if|when|otherwise|then|so) )"
SUBJECT = rf"{BEGIN}{_ARTICLE}(?P<record>{_NAME}){_REMARK} "
THING = rf"{_ARTICLE}(?P<record>{_NAME})"
FIRST = rf"^{_ARTICLE}(?P<record>{_NAME})"  # what a sentence, or an item of a list, begins with
FIRST = rf"^{_ARTICLE}(?P<record>{_NAME})"  # what a sentence, or an item of a list, begins with
IT = r"\b(?:it|they|this|these|those|which) "

_NUMBER = (
    r"(?:half an?|\d{1,4}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|"
    r"fifteen|twenty|thirty|sixty|ninety)"
)
_UNIT = r"(?:min(?:ute)?s?|h|hrs?|hours?|d|days?|weeks?|months?|yrs?|years?)"
DURATION = rf"(?P<near>{_NUMBER}[ -]?(?:(?:calendar|full) )?{_UNIT})\b"
WORKING_DAYS = rf"(?P<near>{_NUMBER} (?:working|business) (?:days?|hours?))\b"
COUNT = (
    r"(?P<near>\d{1,3}(?:,\d{3})*|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|"
    r"twenty|thirty)"
)
AT_MOST = (
    r"(?:at most|at the most|up to|no more than|not more than|never more than|max(?:imum)?(?: of)?"
    r"|limited to|a limit of)"
)
EVENT = r"(?P<event>[^,;.()]{3,60}?)(?=$|[,;.()]| and | but | unless )"
# What a list may name with a time and no verb: “Invoices: 10 years”.
PAPERS = (
    r"(?:records?|logs?|files?|invoices?|documents?|receipts?|backups?|entries|trails?|messages|"
    r"photos|recordings?|archives?|statements?|contracts?|reports?)"
)
