"""What a verb is done to: its thing, the attribute that it sets, the owner of a part."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from core.planning.reading.deed_text import (
    ADVERBS,
    BE,
    DETERMINERS,
    MANY,
    MODALS,
    PRONOUNS,
    Scene,
    Text,
)
from core.planning.reading.nouns import is_thing, singular, snake, words
from core.planning.reading.patterns import Pattern
from core.planning.reading.people import names_people
from core.planning.reading.phrases import phrase_after, phrase_before
from core.planning.reading.subjects import Subject, person_at
from core.planning.reading.verbs import VERBS_BY_NAME, Verb

# What is no thing of its own but belongs to one: who scans the label has the parcel in hand.
_PARTS = words(
    """
    label barcode code qr sticker signature number name address tag badge card plate id chip
    content contents state status lid slip delivery_note detail details data form
    """
)
_NAMED_PARTS = {part: re.compile(rf"\b{part}s?\b") for part in _PARTS}
_OFTEN = 3  # in so many clauses a part is a thing
# What people do something with without changing a thing of the feature.
_NOT_ACTED = words(
    """
    message mail e-mail email reminder notification invitation link sms letter push alert answer
    reply photo picture image file document comment password account session page app website
    screen button field browser mailbox inbox call question time money newsletter day week month
    year hour minute second work everything nothing anything something rule law risk mistake
    error limit budget hand eye care part place line data information access right role permission
    setting preference cookie language theme filter search export import csv pdf list
    overview dashboard calendar view table row column kilometre mile metre piece unit litre kilo
    name state status somebody someone everybody everyone anybody anyone nobody people rent
    """
)
_NEVER_ACTED = words("mail e-mail email link sms button page screen app website password mailbox")
# “The report” is the damage that was reported.
_REPORTS = words("report reports")
# What can be done to a thing without saying its name again: “when they fetch it they sign”.
_ALONE = words(
    "sign confirm check_in check_out accept decline countersign sign_off verify withdraw "
    "acknowledge"
)
_CHILDREN = words("update entry line note remark step position")
# What is no thing of a plan, unless people do something with it: lend, repair, finish it.
_DEVICES = words("laptop tablet phone computer device smartphone monitor job case meeting building")
_CHOOSING = words("choose pick select set enter assign reassign allocate")
_ABOUT_THE_WHOLE = {"grade": "grade", "rate": "rating", "weigh": "weight"}
_OF_THINGS = words("assign reassign mark tag grade rate weigh label allocate adjust edit update "
                   "correct change rename describe attach shift extend_to translate")  # fmt: skip
_OF = Pattern(r"^\s*(?:of|for|on) (?P<thing>.+)")
_OWNER = Pattern(r"^[^,;:.]{2,30}? (?:of|on) (?P<thing>[^,;:.]+)")
_TO = Pattern(r"^[^,;:.]{2,30}? (?:to|for) (?P<thing>[^,;:.]+)")
_SAMPLE = re.compile(r"^\d+ (?:out )?of (?=\d)", re.IGNORECASE)  # “1 of 10 pallets”
_PLACE = Pattern(
    r"^[^,;:.]{2,30}? (?:in)?to (?:an?|another|the|its|their|other) (?:other |new )?"
    r"(?P<place>location|shelf|place|room|hall|bay|rack|zone|aisle|building|branch|site|warehouse|"
    r"column|lane|folder|team|department|queue|project|list|slot)s?\b"
)
_MORE = Pattern(
    r"^(?:the |an? |its |their )?(?:[a-z]+ ){0,2}[a-z]+(?P<more>(?:,? and |, )(?:the |an? |its |"
    r"their )?[a-z]+[^;:.()]{0,80})"
)
_ITEM = Pattern(
    r"(?:, and |, | and )(?:the |an? |its |their )?(?:new |old )?(?P<name>[a-z]+(?: [a-z]+)?)\b"
    r"(?=,| and |$| of | for | on | in )"
)
# “Confirm the loading of a pallet” is to load it.
_NOMINAL = {
    "loading": "load", "unloading": "unload", "delivery": "deliver", "receipt": "receive",
    "return": "return", "pickup": "pick_up", "pick-up": "pick_up", "collection": "collect",
    "completion": "complete", "arrival": "receive", "dispatch": "dispatch", "repair": "repair",
    "cleaning": "clean", "installation": "install", "payment": "pay", "handover": "hand_over",
    "termination": "terminate", "cancellation": "cancel", "renewal": "renew",
    "hand-over": "hand_over", "inspection": "inspect", "shipment": "ship",
}  # fmt: skip
_SAYING = words("that this whether what which how")
_CONFIRMING = words("confirm acknowledge verify check sign")
_BEHIND_ALONE = words(
    "on in at by with for when after before as from via using within online digitally there here "
    "again once twice and or but if until"
)
_STOPS = DETERMINERS | words(
    "of to in on at by for from with without into as and or but when if until before after per "
    "is are was be been has have can must may should it they that which who so then themselves "
    "himself herself itself yourself ourselves"
)
# Of many one: “single days” are days.
_SINGLE = words("single individual whole entire own other")
# What a thing says about itself.
_ATTRIBUTES = words(
    """
    price weight height width length size temperature quantity amount number date time day name
    title description reason note remark grade score rating priority status category type kind
    location address colour color deadline capacity stock level cost fee budget rate percentage
    duration distance mileage reading value count room subject topic severity urgency phone email
    point points comment result finding language unit currency code place shelf position rank
    """
)


class Objects:
    """Finds what verbs of one clause are done to."""

    def __init__(self, text: Text, known: frozenset[str], scene: Scene) -> None:
        """Look at a clause with what was spoken of before it."""
        self.text = text
        self.known = known
        self.scene = scene

    def of_passive(self, at: int) -> str | None:
        """Return the thing that a passive is about: “each lesson is confirmed”."""
        text = self.text
        place = text.back_over(at - 1, BE | MODALS | ADVERBS | {"has", "have", "had"})
        if place < 0:
            return None
        word = text.tokens[place]
        if word in PRONOUNS:
            return self._latest(word)
        noun = phrase_before(text.whole[: text.words[place].end])
        if not noun and self._is_device(word):
            noun = singular(word)
        return self._thing(noun, is_many=singular(word) != word)

    def by_whom(self, behind: int) -> Subject | None:
        """Return the person whom a passive names: “by the tutor”."""
        tokens = self.text.tokens
        for place in range(behind, min(behind + 6, len(tokens))):
            if tokens[place] == "by":
                return person_at(tokens, place + 1, self.known)
        return None

    def of_active(self, verb: Verb, behind: int) -> tuple[str | None, str, Verb]:
        """Return the thing, the attribute of it that is set, and what is really done.

        No thing is None; an empty one is what the brief is about.
        """
        text = self.text
        is_end = behind >= len(text) or bool(re.search(r"[,.;:()]", text.gap(behind)))
        if not is_end and self._is_said(behind):
            return None, "", verb  # “they confirm that it has arrived”
        if is_end or text.tokens[behind] in _BEHIND_ALONE:
            return (self.scene.current if verb.name in _ALONE else None), "", verb
        return self._of_object(verb, behind)

    def _is_said(self, behind: int) -> bool:
        """Whether a verb is followed by what somebody says, knows or asks."""
        text = self.text
        if text.tokens[behind] not in _SAYING or behind + 1 >= len(text):
            return False
        is_alone = bool(text.gap(behind + 1).strip()) or text.tokens[behind + 1] in _BEHIND_ALONE
        return not is_alone and not self._is_noun_next(behind)

    def _of_object(self, verb: Verb, behind: int) -> tuple[str | None, str, Verb]:
        """Return what the words behind a verb say that it is done to."""
        text = self.text
        first = text.tokens[behind]
        if first in PRONOUNS and not self._is_noun_next(behind):
            attribute = _ABOUT_THE_WHOLE.get(verb.name, "") or self._place(verb, behind)
            return self._latest(first), attribute, verb
        person = person_at(text.tokens, behind, self.known, is_known=True)
        if person is not None:
            return *self._chosen(verb, person, behind), verb
        head = text.past_determiners(behind)
        done = _NOMINAL.get(text.tokens[head], "") if head < len(text) else ""
        if done and verb.name in _CONFIRMING and _OWNER.match(text.from_word(behind)):
            return self._owner(behind), "", VERBS_BY_NAME[done]
        if done and verb.name == "confirm" and self.scene.current:
            # Where somebody else has done it, this only confirms it.
            is_done = any(deed.verb == done for deed in self.scene.deeds)
            return self.scene.current, "", verb if is_done else VERBS_BY_NAME[done]
        if verb.act == "set":
            return *self._set(verb, behind), verb
        return self._direct(verb, behind), "", verb

    def _direct(self, verb: Verb, behind: int) -> str | None:
        """Return the thing that stands right behind a verb."""
        text = self.text
        head = text.past_determiners(behind)
        word = text.tokens[head] if head < len(text) else ""
        if verb.act == "read" and singular(word) in _ATTRIBUTES:
            return self._owner(behind) if _OWNER.match(text.from_word(behind)) else None
        noun = phrase_after(_SAMPLE.sub("", text.from_word(behind), count=1))
        if self._is_part(noun) or (not noun and singular(word) in _PARTS):
            return self._owner(behind)
        if word in _REPORTS and any(deed.verb == "report" for deed in self.scene.deeds):
            return self.scene.current
        if not noun and self._is_device(word) and verb.act in {"stamp", "create", "set"}:
            return self._thing(singular(word), is_many=singular(word) != word)
        written = self._last_word(noun, head)
        return self._thing(noun, is_many=singular(written) != written)

    def _chosen(self, verb: Verb, person: Subject, behind: int) -> tuple[str | None, str]:
        """Return the thing that somebody is put to: “picks the employee”."""
        if verb.name not in _CHOOSING or not person.names:
            return None, ""
        to = _TO.match(self.text.from_word(behind))
        owner = phrase_after(to["thing"]) if to else ""
        return self._thing(owner, is_many=False) if owner else self.scene.current, person.names[0]

    def _set(self, verb: Verb, behind: int) -> tuple[str | None, str]:
        """Return whose attribute is set, and which one: “the price of a product”."""
        text = self.text
        start = text.past_determiners(behind)
        nouns = list(self._nouns(start))
        if len(nouns) > 1 and nouns[0] in _SINGLE:
            start, nouns = start + 1, nouns[1:]
        if not nouns:
            return None, ""
        name = snake(" ".join(nouns[nouns[0] in {"new", "old"} and len(nouns) > 1 :]))
        is_many = singular(nouns[-1]) != nouns[-1]
        of = _OF.match(text.behind(start + len(nouns) - 1))
        owner = phrase_after(of["thing"]) if of else ""
        if verb.name in {"pick", "choose", "select"}:
            return (self._thing(name, is_many=is_many) if verb.name == "pick" else None), ""
        if singular(nouns[-1]) in _ATTRIBUTES:
            if owner and is_thing(owner) and not names_people(owner):
                return self._thing(owner, is_many=False), name
            return self.scene.current, name
        if verb.name in {"move", "put_into"} or verb.name in _OF_THINGS:
            attribute = _ABOUT_THE_WHOLE.get(verb.name, "") or self._place(verb, behind)
            return self._thing(name, is_many=is_many), attribute
        return None, ""

    def signed_up_for(self, verb: Verb, behind: int) -> str:
        """Return the thing that people put themselves down for: “sign up for a shift”."""
        is_for = self.text.tokens[behind : behind + 1] == ["for"]
        if not is_for or verb.name not in {"sign_up", "register", "enrol"}:
            return ""
        noun = phrase_after(self.text.from_word(behind + 1))
        return noun if noun and self._thing(noun, is_many=False) == noun else ""

    def more_set(self, verb: Verb, behind: int) -> Iterator[str]:
        """Yield what else is set in one go: “enters the weight, the height and a remark”."""
        if verb.act != "set":
            return
        others = _MORE.match(self.text.from_word(behind))
        for other in _ITEM.finditer(others["more"]) if others else ():
            name = snake(other["name"])
            if name.rpartition("_")[2] in _ATTRIBUTES:
                yield name

    def _place(self, verb: Verb, behind: int) -> str:
        """Return the kind of place to which something is moved."""
        to = (
            _PLACE.match(self.text.from_word(behind))
            if verb.name in {"move", "assign", "put_into"}
            else None
        )
        return to["place"].lower() if to else ""

    def _nouns(self, place: int) -> Iterator[str]:
        """Yield the words of a noun phrase, up to three."""
        text = self.text
        for at in range(place, min(place + 3, len(text))):
            word = text.tokens[at]
            if word in _STOPS or not word.isalpha() or len(word) < 3:
                return
            if at > place and re.search(r"[,;:()]", text.gap(at)):
                return
            yield word

    def _owner(self, behind: int) -> str | None:
        """Return the thing that a part belongs to: “the label of the parcel”."""
        of = _OWNER.match(self.text.from_word(behind))
        owner = phrase_after(of["thing"]) if of else ""
        return self._thing(owner, is_many=False) if owner else self.scene.current

    def _last_word(self, noun: str, head: int) -> str:
        """Return the last word of a noun phrase as it is written."""
        return self.text.tokens[min(head + noun.count("_"), len(self.text) - 1)]

    def _is_noun_next(self, behind: int) -> bool:
        """Whether “that”, “this” or “one” only points at the noun behind it."""
        if behind + 1 >= len(self.text) or self.text.tokens[behind] in {"it", "them", "both"}:
            return False
        return "," not in self.text.gap(behind + 1) and bool(
            phrase_after(self.text.from_word(behind + 1))
        )

    def _thing(self, noun: str, *, is_many: bool) -> str | None:
        """Return a thing that may be done something to, and remember it; a part is its owner."""
        last = noun.rpartition("_")[2]
        is_none = singular(noun) in _NOT_ACTED or last in _NEVER_ACTED or names_people(noun)
        if not noun or is_none or not (is_thing(noun) or self._is_device(noun)):
            return None
        if self._is_part(noun):
            return self.scene.current
        if last not in _CHILDREN:
            self.scene.meet(noun, is_many=is_many)
        return noun

    def _is_device(self, word: str) -> bool:
        """Whether a word is no thing of most briefs, but one of this."""
        return singular(word) in _DEVICES or (singular(word) == _LOT and _LOT in self.scene.own)

    def _is_part(self, noun: str) -> bool:
        """Whether a noun only belongs to what a brief is about: the label of a parcel."""
        last = noun.rpartition("_")[2]
        return (last in _PARTS or noun in _PARTS) and last not in self.scene.own

    def _latest(self, pronoun: str) -> str:
        """Return what a pronoun goes back to."""
        back = self.scene.many if pronoun in MANY else self.scene.one
        return back or self.scene.current


# “A lot” is much, but “each lot”, “the lots” and “a lot number” are things.
_LOT = "lot"
_LOTS = Pattern(
    r"\b(?:the|each|every|per|this|of|no|which|blocked|new) lots?\b(?! of)|^lots?\b(?! of)|"
    r"\ba lot (?:is|can|has|may|must|gets|number)\b"
)


def own_things(title: str, texts: Sequence[str]) -> frozenset[str]:
    """Return what would be a part of something, but is what the brief is about: a card."""
    spoken = [text.lower() for text in texts]
    lots = sum(bool(_LOTS.search(text)) for text in texts)
    return frozenset({_LOT} if lots >= _OFTEN else ()) | frozenset(
        part
        for part, named in _NAMED_PARTS.items()
        if named.search(title.lower())
        or sum(part in text and bool(named.search(text)) for text in spoken) >= _OFTEN
    )


def is_child(noun: str) -> bool:
    """Whether a noun says too little alone: it is an entry of something else."""
    return noun in _CHILDREN
