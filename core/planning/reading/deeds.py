"""Who does what to which thing: deeds that a brief describes with everyday verbs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from core.planning.model import Actor
from core.planning.reading.clauses import Clause
from core.planning.reading.deed import OUTCOMES, Deed, DeedKind, is_forbidden
from core.planning.reading.deed_acts import acts
from core.planning.reading.deed_loans import with_loans
from core.planning.reading.deed_names import called_shortly
from core.planning.reading.nouns import is_thing, plural, words
from core.planning.reading.parts import with_parts
from core.planning.reading.patterns import Pattern
from core.planning.reading.people import names_people
from core.planning.reading.phrases import phrase_after
from core.planning.reading.remembered import remembered

# `start` and its like say less than `create`: their thing must be spoken of elsewhere as well.
_VERBS: dict[DeedKind, str] = {
    "create": "create add submit record register enter write publish report draft save store log "
    "track manage maintain collect define file lodge place propose raise request note hand start "
    "schedule plan issue set send make open declare assign receive fill",
    "read": "see view read browse list look find",
    "update": "edit update change correct modify rename adjust",
    "delete": "delete remove archive discard",
}
_KIND_OF = {verb: kind for kind, verbs in _VERBS.items() for verb in verbs.split()}
VERBS = frozenset(_KIND_OF)
_WEAK = words(
    "start schedule plan issue set send make open declare assign receive request note raise fill"
)
# Words that are nouns as often: their place in the sentence must be that of a verb.
_NOUNS_TOO = words(
    """
    file place note plan start schedule issue set request record report store log track draft view
    list look find change open hand register raise
    """
)
# “Report a comment” complains about one, “report a defect” records one.
_REPORTED_TO_MODERATORS = frozenset(
    {"comment", "post", "review", "message", "conversation", "profile", "listing", "photo"}
)
# What is sent or set without being a thing of the feature: it has packs of its own.
CARRIED = words(
    """
    message mail e-mail email reminder notification invitation link sms letter push alert answer
    reply photo picture image file document receipt scan comment account lock alarm sure use note
    flag warning question concern hand price budget limit rent value rate deletion refund access
    help permission approval confirmation change favourite session
    """
)
_LIVING = words("child baby patient animal pet dog cat cow person")
# What people log is time, not an hour.
_MEASURED = Pattern(
    r"^\s*(?:in )?(?:the |their |his |her |my )?(?:working |own )*(?:hours|time)\b"
    r"(?! (?:slots?|zone))"
)
# By which words a brief speaks of a thing that it does not name.
TOLD_OF = {
    "time_entry": "working hours|hours|working time",
    "application": "applications?|apply|applies",
    "donation": "donations?|donates?",
    "objection": "objections?|object",
    "appeal": "appeals?",
    "rating": "ratings?|rate",
    "registration": "registrations?|registered|enrolled",
}
_NEEDED_BEHIND = {
    "hand": re.compile(r"\s*in\b", re.I),
    "fill": re.compile(r"\s*(?:in|out)\b", re.I),
    "receive": re.compile(r"\s*(?:about |around |some )?\d", re.I),
    "assign": re.compile(r"\s*(?:each|every)\b", re.I),
}
_IRREGULAR = {"stores": "store", "tracks": "track", "applies": "apply"}
_ALTERNATIVES = "|".join(sorted(_KIND_OF, key=len, reverse=True))
_VERB = Pattern(rf"\b(?P<verb>{_ALTERNATIVES})(?P<ending>e?s)?\b")
_JOINED = Pattern(
    rf"^(?:\s*,\s*(?:(?:and|or|then)\s+)?|\s+(?:and|or|then)\s+)(?:{_ALTERNATIVES})(?:e?s)?\b"
)
_WILLING = Pattern(
    r"\b(?:can|may|should|shall|must|could|has to|have to|want|wants|need|needs|able|lets?|allow|"
    r"allows|to|they|i|we|users?|everybody|everyone|people|anyone)\b"
)
# Who acts has a name of this kind, also where no list knows it: hikers, a beekeeper, arborists.
_AGENT = Pattern(
    r"(?:^|[,:;]\s*|\band )(?:(?:the|all|our|an?|each|every) )?(?:[a-z]+ )?"
    r"[a-z]{2,}(?:er|or|ent|ant|ian|ist)s?\s*$"
)
_BEFORE_A_VERB = Pattern(
    r"(?:\b(?:can|may|should|shall|must|could|will|to|not|never|only|also|they|we|i|you|who|and|or|"
    r"then|please|cannot|can't|people|themselves|online|[a-z]{3,}s)|[,:])\s*$"
)
_BEFORE_A_NOUN = Pattern(
    r"(?:\b(?:an?|the|this|that|these|those|my|your|his|her|its|our|their|no|any|each|every|all|"
    r"most|of|in|on|at|by|from|with|without|per|for|into|new|open|\w+ed)|\d|['\u2019]s)\s*$"
)
_BEFORE_OPENED = Pattern(r"\b(?:can|may|should|must|could|will|to|they|we)\s*$")
_LEADING = re.compile(
    r"^\s*(?:(?:in|out|up|over|back|down|for)\b\s*)?(?:up to |at most |around |about )?"
    r"(?:\d[\d,.]*\s+)?(?:(?:written|recurring|finished|signed|planned|regular|such)\s+)?",
    re.IGNORECASE,
)
_THE = Pattern(r"^\s*the\b")
_REPORT = Pattern(r"^reports?\b(?! to)|\b(?:an?|the|each|every|this|open|new|of|\d+) reports?\b")
_KNOWN_ONE = Pattern(r"^\s*(?:the|their|his|her|its|this|that|these|it|them)\b")
_SECOND = Pattern(r"^[^,;:.]{2,30}? and (?P<second>an? [a-z]+.*)$")
_AS_A = Pattern(r"^[^,;:.]{2,40}? as an? (?P<what>.+)$")
# An application may also be a program; people who apply, or who decide on it, tell which.
_APPLIED = Pattern(
    r"\b(?:appl(?:y|ies|icants?)|accept\w*|refus\w*|reject\w*|submit\w*|grant\w*|hand in|"
    r"decid\w*)\b"
)
_ARTICLE = Pattern(r"^\s*(?:an?|the|their|his|her|my|each|every|one|new|several)\b")
_OUTCOME = Pattern(
    r"\b(?P<verb>appl(?:y|ies)|donates?|enroll?s?|complains?)\b"
    r"(?=\s+(?:for|on|online|in|with|here|there|until|by|to (?:an?|the|one)|up)\b|[,.]|$)"
)
_NO_APPLICANT = Pattern(
    r"\b(?:rules?|rates?|prices?|discounts?|terms|conditions?|laws?|limits?|same|this|that|which|"
    r"it|part \d+|not)\s*$"
)
# “Each hand-over is recorded”, “payments entered by a clerk”: nobody in front of the verb.
_RECORDED = Pattern(
    r"^(?:and |or |also )?(?P<what>[^,;:()]{3,60}?)\s+(?:(?:is|are|gets?|must be|has to be|have "
    r"to be|should be) (?:\w+ly )?(?:recorded|registered|entered|filed|submitted|reported|created|"
    r"handed in|noted)\b|(?:can|may)(?: only)? be (?:filed|submitted|handed in|lodged)\b|"
    r"(?:entered|submitted|recorded|filed|handed in) by\b)"
)
_SPECIAL = Pattern(r"\b(?:that|which|who|if|when|unless|until|not|never|nobody|no)\b")
# “A permit expires after 3 years”: what has an end is remembered.
_ENDING = Pattern(
    r"^(?:must: |and )?(?:an? |each |every |the )?(?P<what>[a-z][a-z -]{2,30}?) "
    r"(?:(?:is|are) (?:only )?valid (?:until|for)|expires? (?:after|on|at)|lapses? after)\b"
)
# “Condition report with photos on return”: a paper that the brief wants to have.
_PAPER = Pattern(
    r"^(?:an? |the )?(?P<what>(?!(?:daily|weekly|monthly|yearly|quarterly)\b)[a-z]+ "
    r"(?:report|protocol|questionnaire)) (?:with|on|for|at)\b(?!.*\b(?:is|are|can|must|may)\b)"
)
_REGISTERED = Pattern(
    r"\b(?:registered|enrolled) (?:students?|pupils?|participants?|attendees?|runners?|teams?)\b"
)
_POSSESSIVE = re.compile(r"^[a-z]+(?:s'|'s|s\u2019|\u2019s) ", re.IGNORECASE)
_CHECKED_OFF = Pattern(
    r"\b(?:fills? (?:in|out)|ticks? off|works? through|completes?) (?:an?|the|their|his|her) "
    r"(?P<what>(?:[a-z]+ )?(?:checklist|questionnaire|survey|protocol))\b"
)
# “Every sample gets a number”: it comes into being with that.
_EACH = Pattern(
    r"^(?:each|every)(?: new| single)? (?P<what>[^,;:()]{3,40}?) "
    r"(?:gets|has|starts|receives|carries|consists|begins)\b"
)


def deeds(clauses: Sequence[Clause], actors: Iterable[Actor]) -> tuple[Deed, ...]:
    """Return the deeds of a brief, where a willing word or an actor stands before the verb."""
    actors = tuple(actors)
    people = "|".join(re.escape(actor.title) for actor in actors)
    actor_word = re.compile(rf"\b(?:{people})s?\b", re.IGNORECASE) if people else None
    found: list[Deed] = []
    for clause in clauses:
        if clause.section != "body":
            continue
        found.extend(_done(clause, actor_word))
        found.extend(_left_behind(clause, actor_word))
        found.extend(_recorded(clause))
        found.extend(remembered(clause))
    found = [_made(deed, clauses) for deed in found]
    known = {deed.noun for deed in found}
    found += [deed for deed in with_parts(clauses) if deed.noun not in known]
    found = [deed for deed in found if deed.noun.isidentifier()]
    if not any(_APPLIED.search(clause.text) for clause in clauses):
        found = [deed for deed in found if deed.noun != "application"]
    named = list(called_shortly(_with_acts(found, acts(clauses, actors), clauses), clauses))
    signed_up = {deed.noun.removesuffix("_registration") for deed in named}
    # Who has signed up for a tour is a participant of it.
    return with_loans(
        deed for deed in named if deed.noun != "participant" or deed.of not in signed_up
    )


def _with_acts(
    known: Sequence[Deed], more: Sequence[Deed], clauses: Sequence[Clause]
) -> Iterator[Deed]:
    """Yield the deeds with who does them, and those of other verbs that no list knew."""
    who = {(deed.clause, deed.start): deed.who for deed in more if deed.who}
    created = {(deed.clause, deed.noun) for deed in known if deed.kind == "create"}
    for deed in known:
        yield replace(deed, who=deed.who or who.get((deed.clause, deed.start), ()))
    places = {(deed.clause, deed.start) for deed in known}
    made = {(deed.clause, deed.start) for deed in known if deed.kind == "create"}
    for deed in more:
        if deed.kind in {"stamp", "set"}:
            if (deed.clause, deed.start) not in made:
                yield deed
        elif deed.kind != "create":
            if (deed.clause, deed.start) not in places:
                yield deed
        elif (deed.clause, deed.noun) not in created and deed.noun not in CARRIED:
            yield _part(deed, clauses)


# What is left behind by who orders, requests or proposes something, where a brief speaks of it.
_LEFT = {
    "order": "order", "request": "request", "propose": "proposal", "suggest": "suggestion",
    "nominate": "nomination", "report": "report", "offer": "offer",
}  # fmt: skip


def _part(deed: Deed, clauses: Sequence[Clause]) -> Deed:
    """Return the deed with the name of what it makes.

    An update of an incident has the incident's name too; who orders a cake makes an order.
    """
    if deed.of and not deed.noun.startswith(f"{deed.of}_"):
        return replace(deed, noun=f"{deed.of}_{deed.noun}")
    left = _LEFT.get(deed.verb, "")
    spoken = re.compile(
        rf"^{plural(left)}\b|\b(?:the|an?|each|every|all|open|this|their|new) {left}s?\b",
        re.IGNORECASE,
    )
    if left and any(spoken.search(clause.text) for clause in clauses if clause != deed.clause):
        return replace(deed, noun=left)
    return deed


def _made(deed: Deed, clauses: Sequence[Clause]) -> Deed:
    """Return the deed with the name of what it leaves behind.

    Who reports a pothole makes a report, where the brief goes on to speak of reports; who saves
    a filter makes a saved filter.
    """
    verb = deed.words.lower()
    if verb.startswith("save"):
        saved = re.compile(rf"\bsaved {deed.noun.replace('_', ' ')}", re.IGNORECASE)
        if deed.noun == "search":
            return replace(deed, noun="")  # the search itself brings what is saved of it
        if any(saved.search(clause.text) for clause in clauses):
            return replace(deed, noun=f"saved_{deed.noun}")
    if verb.startswith("report") and deed.kind == "create":
        if deed.noun.rpartition("_")[2] in _LIVING:
            return replace(deed, noun="")
        last = deed.noun.rpartition("_")[2]
        thing = re.compile(rf"\b{last}(?:e?s)?\b", re.IGNORECASE)
        spoken = sum(bool(thing.search(clause.text)) for clause in clauses)
        reports = sum(bool(_REPORT.search(clause.text)) for clause in clauses)
        if reports > spoken:
            return replace(deed, noun="report")
    return deed


def _done(clause: Clause, actor_word: re.Pattern[str] | None) -> Iterator[Deed]:
    waiting: list[tuple[str, DeedKind]] = []
    for match in _VERB.finditer(clause.text):
        before, after = clause.text[: match.start()], clause.text[match.end() :]
        if not (
            _WILLING.search(before)
            or (actor_word and actor_word.search(before))
            or _AGENT.search(before)
        ):
            continue
        verb = match["verb"].lower()
        if not _is_verb(verb, match["ending"], before, after, actor_word):
            continue
        if _KIND_OF[verb] == "create" and is_forbidden(before):
            continue
        waiting.append((verb, _KIND_OF[verb]))
        if _JOINED.match(after):
            continue
        for noun in _objects(verb, after):
            yield from (
                Deed(
                    kind,
                    noun,
                    match.group(0),
                    clause,
                    match.start(),
                    match.end(),
                    word in _WEAK or bool(_THE.match(after)),
                )
                for word, kind in waiting
            )
        waiting = []


def _objects(verb: str, after: str) -> Iterator[str]:
    """Yield what is done something to: “a reserve and a payment” are two."""
    if _KIND_OF[verb] == "create":
        named = _AS_A.match(after)
        if named and verb in {"save", "store", "record", "register", "file", "submit", "publish"}:
            after = named["what"]
    first = _object(verb, after)
    second = _SECOND.match(after) if first and _KIND_OF[verb] == "create" else None
    for noun in (first, _object(verb, second["second"]) if second else ""):
        if noun and not names_people(noun):
            yield noun


def _object(verb: str, after: str) -> str:
    """Return what is done something to; empty when that is no thing of the feature."""
    needed = _NEEDED_BEHIND.get(verb)
    if (needed and not needed.match(after)) or (verb in _WEAK and _KNOWN_ONE.match(after)):
        return ""
    noun = phrase_after(_LEADING.sub("", after, count=1))
    if not noun:
        is_entry = _KIND_OF[verb] == "create" and verb not in _WEAK
        return "time_entry" if is_entry and _MEASURED.match(after) else ""
    if verb == "report" and noun in _REPORTED_TO_MODERATORS:
        return ""
    last = noun.rpartition("_")[2]
    if verb in _WEAK and (last in CARRIED or noun in CARRIED):
        return ""
    return noun


def _is_verb(
    verb: str,
    ending: str | None,
    before: str,
    after: str,
    actor_word: re.Pattern[str] | None,
) -> bool:
    """Whether a word that may be a noun as well stands where a verb stands."""
    if _BEFORE_A_NOUN.search(before):
        return False
    if verb == "open":
        return bool(_BEFORE_OPENED.search(before)) and bool(_ARTICLE.match(after))
    if verb not in _NOUNS_TOO and verb not in _WEAK:
        return True
    if actor_word and re.search(rf"(?:{actor_word.pattern})\s*$", before, re.IGNORECASE):
        return True
    if ending:
        return bool(_ARTICLE.match(after))
    return bool(_BEFORE_A_VERB.search(before))


def _left_behind(clause: Clause, actor_word: re.Pattern[str] | None) -> Iterator[Deed]:
    """Yield what people leave behind with a verb that names no thing: they apply, they donate."""
    listed = _REGISTERED.search(clause.text)
    if listed:
        yield Deed("create", "registration", listed.group(0), clause, listed.start(), listed.end())
    for match in _OUTCOME.finditer(clause.text):
        before = clause.text[: match.start()]
        if _NO_APPLICANT.search(before):
            continue
        if _WILLING.search(before) or (actor_word and actor_word.search(before)):
            verb = match["verb"].lower()
            base = _IRREGULAR.get(verb, verb if verb in OUTCOMES else verb.removesuffix("s"))
            yield Deed("create", OUTCOMES[base], match.group(0), clause, match.start(), match.end())


def _recorded(clause: Clause) -> Iterator[Deed]:
    """Yield what is recorded, and what each has from the beginning; nobody need be named."""
    for pattern, is_weak in (
        (_RECORDED, False),
        (_EACH, True),
        (_ENDING, False),
        (_CHECKED_OFF, False),
        (_PAPER, False),
    ):
        match = pattern.search(clause.text)
        if not match or _SPECIAL.search(match["what"]):
            continue
        what = _POSSESSIVE.sub("", _LEADING.sub("", match["what"], count=1))
        noun = phrase_after(what)
        if noun and is_thing(noun) and not names_people(noun) and noun not in CARRIED:
            yield Deed("create", noun, match.group(0), clause, match.start(), match.end(), is_weak)
