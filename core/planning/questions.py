"""Questions to whoever wrote the brief: what was not understood, and what would settle it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.domain.artifact import Evidence
from core.planning.demands import demand_questions, shortened
from core.planning.gaps import demands_of
from core.planning.model import FeatureModel, Question
from core.planning.reading.clauses import Clause
from core.planning.reading.cues import find
from core.planning.reading.nouns import plural

_MAX_UNUSED = 5
_MAX_TOLD = 5  # sentences in one question
_MAX_ASKED = 40  # of the clauses that nothing was made of; all of them are listed
_WISH = re.compile(
    r"\b(?:need|want|should|must|would like|wish|can|could|able|allow|let|add|build|create|make|"
    r"feature|as an? \w+,? i|please (?:add|make|build|let|allow|give|show))\w*\b",
    re.IGNORECASE,
)
_ANNOUNCEMENT = re.compile(
    r"\b(?:reminder that|please note|fyi|for your information|hi all|dear (?:all|colleagues)|"
    r"hello everyone|is closed|are closed|will be closed|bring your|kind regards|best regards)\b",
    re.IGNORECASE,
)
_BETTER = re.compile(
    r"\b(?:better|nicer|cleaner|simpler|easier|modern|improve[sd]?|improvement|confusing|ugly|"
    r"clunky|user[ -]friendly|intuitive|annoying|messy|revamp|redesign|polish)\b",
    re.IGNORECASE,
)
_COMPLAINT = re.compile(r"\b(?:confusing|ugly|clunky|annoying|messy|complicated)\b", re.IGNORECASE)
_BETTER_WHAT = re.compile(
    r"\b(?:make|improve|redesign|revamp|polish|fix)\w* (?:the |our |my )?"
    r"(?P<what>[a-z]+(?: [a-z]+)?)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Topic:
    """Something that people ask for where no pack planned it: none can yet, or none was sure."""

    slug: str
    cue: str
    question: str


TOPICS = (
    Topic(
        "import",
        r"\bimport(?:s|ed|ing)?\b",
        "It is not clear what is imported. What does a row stand for, which columns does the file "
        "have, what makes two rows the same, and what happens to rows that cannot be read?",
    ),
    Topic(
        "payment",
        r"\b(?:payments?|billing|invoices?|subscriptions?|stripe|paypal|refunds?|checkout)\b",
        "Money is charged here, but it is not clear how. Who charges whom for what, when, through "
        "which provider, and what must hold when a charge is repeated or fails?",
    ),
    Topic(
        "provider-change",
        r"\b(?:migrat\w+|move from|switch(?:ing)? from|replace our|cut ?over)\b",
        "A move from one system to another is planned once it is clear what moves. Which things "
        "are moved (customers, subscriptions, files …), how many are there, and which of the two "
        "systems may change them meanwhile?",
    ),
    Topic(
        "quota",
        r"\b(?:rate limits?|quotas?)\b",
        "A limit on use is mentioned, but not what it limits. What is counted, for whom, in which "
        "time, and what happens above the limit?",
    ),
    Topic(
        "booking",
        r"\b(?:book(?:s|ing|ings)?|appointments?|reservations?|reserve|calendar|time ?slots?)\b",
        "Something is booked here, but it is not clear what. By whom, in which units of time, and "
        "what happens when two people want the same?",
    ),
    Topic(
        "sign-in",
        r"\b(?:sign[ -]?in|log[ -]?in|single sign[ -]?on|sso|two[ -]factor|2fa|passkeys?)\b",
        "Signing in is mentioned in passing. Does today's sign-in stay as it is, or by which means "
        "shall people prove who they are, and recover when they lose them?",
    ),
    Topic(
        "dashboard",
        r"\b(?:dashboards?|kpis?|statistics|analytics|reporting)\b",
        "It is not clear which numbers are meant. Which question shall each figure answer, for "
        "whom, from which data, and how fresh?",
    ),
    Topic(
        "search",
        r"\bsearch(?:es|ing)?\b",
        "It is not clear what is searched. Which things, by which fields, with which filters, and "
        "who may find what?",
    ),
    Topic(
        "sharing",
        r"\b(?:invit(?:e|es|ation|ations)|shar(?:e|es|ing) (?:a|the|their|it|with))\b",
        "It is not clear what is shared. Who may invite whom to what, and what does the invited "
        "person see?",
    ),
)


def language_questions(language: str) -> tuple[Question, ...]:
    """Ask for an English brief."""
    seems = "in a script that is not Latin" if language == "unknown script" else f"in {language}"
    return (
        Question(
            "language",
            f"The brief seems to be written {seems}; only English is read so far. Can you give "
            "the language of the brief as English, by translating it?",
        ),
    )


def topics_in(clauses: Sequence[Clause], used: set[Clause]) -> tuple[tuple[Topic, Clause], ...]:
    """Return the topics without a pack, each with its first unused clause."""
    found: dict[str, tuple[Topic, Clause]] = {}
    for topic in TOPICS:
        for clause in clauses:
            if clause not in used and find(topic.cue, clause.text):
                found.setdefault(topic.slug, (topic, clause))
    return tuple(found.values())


def unplanned_questions(
    clauses: Sequence[Clause],
    topics: Sequence[tuple[Topic, Clause]],
    unused: Sequence[Clause] = (),
) -> tuple[Question, ...]:
    """Ask what would make a plan possible, quoting the words that left it open.

    `unused` are the clauses that nothing was made of.
    """
    text = " ".join(clause.text for clause in clauses)
    first = clauses[0].text if clauses else ""
    if _ANNOUNCEMENT.search(text) and not topics:
        return _announcement(first)
    better = _COMPLAINT.search(text) or _BETTER.search(text)
    if better and len(text.split()) < 40:
        return _vague(text, better.group(0))
    asked = [
        Question(f"topic.{topic.slug}", topic.question, evidence=(Evidence(clause.text, "topic"),))
        for topic, clause in topics
    ]
    if _WISH.search(text):
        asked += _unused_questions([c for c in unused if all(c is not o for _, o in topics)])
    if not asked and not _WISH.search(text):
        asked.append(
            Question(
                "wish",
                f"No wish was found in “{shortened(first)}”. What should somebody be able to do "
                "that they cannot do today?",
                evidence=(Evidence(first, "no-wish"),),
            )
        )
    if len(asked) < 2:
        asked += _basics()
    return tuple(asked)


def _unused_questions(unused: Sequence[Clause]) -> list[Question]:
    """Ask about what nothing was made of: the demands, and the first that say who does what."""
    found = [(clause, demands_of(clause)) for clause in unused[:_MAX_ASKED]]
    asked = demand_questions([one for _, demands in found for one in demands])[:_MAX_UNUSED]
    demanding = [clause for clause, demands in found if demands]
    telling = [clause for clause, demands in found if not demands]
    stories = [clause for clause in telling if len(clause.text.split()) > 3 or not demanding]
    return [
        *_story_questions(stories[:_MAX_TOLD]),
        *(replace(question, assumption="") for question in asked),
    ]


def _story_questions(stories: Sequence[Clause]) -> list[Question]:
    """Ask once about what sentences tell without a demand, by their words."""
    if not stories:
        return []
    quotes = [f"“{shortened(clause.text)}”" for clause in stories]
    listed = quotes[0] if len(quotes) == 1 else f"{', '.join(quotes[:-1])} and {quotes[-1]}"
    which = "who does what here" if len(quotes) == 1 else "who does what in each of these"
    return [
        Question(
            "unused-1",
            f"{listed}: {which}, and what must be remembered of it?",
            evidence=tuple(Evidence(clause.text, "unused") for clause in stories),
        )
    ]


def homeless_questions(model: FeatureModel, homes: set[str]) -> tuple[Question, ...]:
    """Ask about rules whose thing is stored nowhere in the plan: they wait for the answer."""
    asked = []
    for rule in model.rules:
        for name, noun in rule.bindings:
            if name in {"record", "subject"} and noun not in homes and rule.mechanisms:
                words = noun.replace("_", " ")
                asked.append(
                    Question(
                        f"home.{noun}.{rule.slug}",
                        f"Where are {plural(words)} stored? The plan has no table for them, so "
                        f"this rule has nothing to stand on yet: {rule.text}",
                        "Nothing is built for it until it is answered.",
                        rule.evidence,
                    )
                )
    return tuple(asked)


def optional_questions(clauses: Sequence[Clause]) -> tuple[Question, ...]:
    """Ask whether what would only be nice to have belongs to the first version."""
    wishes = [clause for clause in clauses if clause.is_optional and clause.section == "body"]
    if not wishes:
        return ()
    quotes = ", ".join(f"“{shortened(clause.text)}”" for clause in wishes)
    return (
        Question(
            "optional",
            f"Only nice to have: {quotes}. Does it belong to the first version?",
            "Yes, as far as it is understood; it is the first to go when time is short.",
            tuple(Evidence(clause.text, "optional") for clause in wishes),
        ),
    )


def open_questions(clauses: Sequence[Clause]) -> tuple[Question, ...]:
    """Ask again what the brief itself says is not decided."""
    return tuple(
        Question(
            f"open-{number}",
            f"The brief leaves this open: “{shortened(clause.text)}”. What is decided?",
            "Left out of this plan.",
            (Evidence(clause.text, "open"),),
        )
        for number, clause in enumerate((c for c in clauses if c.section == "open"), 1)
    )


def _announcement(first: str) -> tuple[Question, ...]:
    quoted = (Evidence(first, "announcement"),)
    return (
        Question(
            "announcement",
            f"“{shortened(first)}” reads like an announcement to people, not like a feature. Was "
            "it meant for somebody else, or is there something that a program should do?",
            evidence=quoted,
        ),
        Question(
            "announcement-wish",
            "If a program should do something: who should be able to do what, for example post "
            "such announcements, and to whom must they reach until when?",
            evidence=quoted,
        ),
    )


def _vague(text: str, adjective: str) -> tuple[Question, ...]:
    hit = _BETTER_WHAT.search(text)
    what = hit["what"].lower() if hit else "part of the product"
    what = re.sub(rf"\s+(?:{_BETTER.pattern})$", "", what, flags=re.IGNORECASE)
    quoted = (Evidence(shortened(text), "vague"),)
    return (
        Question(
            "vague-task",
            f"What do people try to do on the {what} when they get stuck? Name one or two tasks, "
            "and where they go wrong today.",
            evidence=quoted,
        ),
        Question(
            "vague-who",
            f"Which users call it “{adjective.lower()}”: new ones, daily ones, a certain role? "
            "How many, and in which words?",
            evidence=quoted,
        ),
        Question(
            "vague-measure",
            f"By what would you notice that the {what} has become better: time for a task, fewer "
            "questions to support, something they find without help?",
            evidence=quoted,
        ),
        Question(
            "vague-keep",
            f"What on the {what} must stay as it is?",
            evidence=quoted,
        ),
    )


def _basics() -> list[Question]:
    return [
        Question("who", "Who does something here: which roles, and what does each one do?"),
        Question(
            "what",
            "Which things must be remembered (name them with their fields), and who may see, "
            "change and delete them?",
        ),
        Question(
            "rules",
            "Which rules must never be broken: limits, deadlines, approvals, who must not do what?",
        ),
    ]
