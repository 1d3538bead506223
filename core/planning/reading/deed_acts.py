"""Who does what to which thing, whatever the verb: stamps, settings, and what is created so.

A verb counts where a person stands before it, where it is joined to one that counts, or where it is
a passive: “reception scans the label, picks the employee”, “lessons are confirmed by the tutor”.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from core.planning.model import Actor
from core.planning.reading import act_words as said
from core.planning.reading.clauses import Clause
from core.planning.reading.deed import Deed, DeedKind
from core.planning.reading.deed_objects import Objects, is_child, own_things
from core.planning.reading.deed_text import (
    ADVERBS,
    BE,
    DETERMINERS,
    MANY,
    MODAL_HEADS,
    MODALS,
    NEGATED,
    ONE,
    Scene,
    Text,
)
from core.planning.reading.subjects import Subject, guessed_before, person_at, subject_before
from core.planning.reading.verbs import BY_PAST, FORMS, Form, Verb

# How things are done today, what does not work, and what is only asked about.
_MAX_JOINED = 14
_KINDS: dict[str, DeedKind] = {
    "create": "create", "set": "set", "stamp": "stamp", "read": "read", "remove": "delete",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Done:
    """A verb that counts: how it stands there, who does it, and its first and last word."""

    verb: Verb
    way: str  # third, base or passive
    who: tuple[str, ...]
    at: int
    behind: int


# United once: these are asked about every word.
_NO_VERBS = DETERMINERS | ADVERBS | said.SMALL
_NO_PERSONS = DETERMINERS | said.SMALL
_NO_OBJECTS = BE | MODALS | NEGATED | {"has", "have", "of"}
_BEGIN_OBJECTS = DETERMINERS | ONE | MANY


def acts(clauses: Sequence[Clause], actors: Iterable[Actor]) -> tuple[Deed, ...]:
    """Return what people do to the things of a brief, with who does it.

    A deed on a part of a thing, or on what a pronoun stands for, has the thing's name; where that
    is not known, the name of what most deeds are about.
    """
    known = frozenset(actor.name for actor in actors)
    titles = " ".join(clause.text for clause in clauses if clause.section == "title")
    body = [clause.text for clause in clauses if clause.section == "body"]
    scene = Scene(own=own_things(titles, body))
    for clause in clauses:
        if clause.section == "body" and not said.TODAY.search(clause.text):
            scene.deeds.extend(_Reader(Text(clause), known, scene).read())
    main = _main(clauses, scene.deeds)
    longer = _longer_names({name for deed in scene.deeds for name in deed.who} | known)
    named = (
        replace(
            deed,
            noun=deed.noun or main,
            who=tuple(dict.fromkeys(longer.get(name, name) for name in deed.who)),
        )
        for deed in scene.deeds
    )
    return tuple(deed for deed in named if deed.noun)


def _longer_names(names: Collection[str]) -> dict[str, str]:
    """Return the full name of who has only one: “the desk” is the IT desk met before."""
    found = {name: [one for one in names if one.endswith(f"_{name}")] for name in names}
    return {name: longer[0] for name, longer in found.items() if len(longer) == 1}


def _main(clauses: Iterable[Clause], found: Iterable[Deed]) -> str:
    """Return the thing that most of the deeds are about, one that the title names first."""
    counts = Counter(deed.noun for deed in found if deed.noun)
    title = " ".join(clause.text.lower() for clause in clauses if clause.section == "title")
    return max(counts, key=lambda noun: (noun.replace("_", " ") in title, counts[noun]), default="")


class _Reader:
    """Reads one clause from its first word to its last."""

    def __init__(self, text: Text, known: frozenset[str], scene: Scene) -> None:
        self.text = text
        self.tokens = text.tokens
        self.known = known
        self.scene = scene
        self.objects = Objects(text, known, scene)
        self.last: tuple[int, str, Subject | None] | None = None  # the last verb that counted
        self.passed: str | None = None  # what the last passive was about
        self.waiting: list[_Done] = []  # “accept or refuse it”: the object comes with the last
        is_story = self.tokens[:1] == ["as"]
        self.writer = person_at(self.tokens, 1, known) if is_story else None

    def read(self) -> Iterator[Deed]:
        """Yield the deeds of the clause, and remember whom and what it speaks of."""
        for at in range(len(self.text)):
            self._meet(at)
            found = self._verb(at)
            if found is None:
                self._pass_over(at)
                continue
            done, subject = found
            follows = done.way == "passive" and self.last is not None and self._follows(at)
            self.last = (at, done.way, subject)
            if subject is not None and not subject.is_pronoun and subject.names:
                self.scene.person = subject
            yield from self._done(done, follows=follows)

    def _pass_over(self, at: int) -> None:
        """Remember who does something that is no deed: what is joined to it has their subject."""
        following = self.tokens[at + 1 : at + 2]
        is_verb = following and following[0] in DETERMINERS and self.tokens[at].isalpha()
        if not is_verb or self.tokens[at] in _NO_VERBS or at == 0:
            return
        subject = self._subject(self.text.back_over(at - 1, ADVERBS))
        if subject is None or subject.is_pronoun or not subject.names:
            return
        is_third = self.tokens[at].endswith("s")
        if is_third != subject.is_many and not said.CONDITION.search(self.text.piece_before(at)):
            self.last = (at, "third" if is_third else "base", subject)

    def _meet(self, at: int) -> None:
        """Remember a person who is named here: the next “they” may be them."""
        if self.tokens[at] in _NO_PERSONS:
            return
        is_name = at > 0 and self.text.whole[self.text.words[at].start].isupper()
        if self.tokens[at] in FORMS or is_name:  # “a message in Teams”
            return
        person = person_at(self.tokens, at, self.known)
        if person is None or not person.names:
            return
        before = self.scene.person
        if before is not None and at > 1 and self.tokens[at - 1] in {"and", "or"}:
            other = person_at(self.tokens, at - 2, self.known)
            if other is not None and set(other.names) & set(before.names):
                names = tuple(dict.fromkeys((*before.names, *person.names)))
                person = replace(person, names=names, is_many=True)
        is_aside = at > 1 and not person.is_many and self._is_beside(at)
        if before is None or not (is_aside and before.is_many):
            self.scene.person = person

    def _is_beside(self, at: int) -> bool:
        """Whether a person is only where something goes: “they drive to the customer”."""
        first = at - 1
        while first > 0 and self.tokens[first] in DETERMINERS:
            first -= 1
        return self.tokens[first] in {"to", "with", "for", "at", "of", "from"}

    def _verb(self, at: int) -> tuple[_Done, Subject | None] | None:
        """Return the verb at a place, with who does it; None where none counts there."""
        meant = FORMS.get(self.tokens[at])
        if not meant or self._is_compound(at):
            return None
        back = self.text.back_over(at - 1, ADVERBS)
        before = self.tokens[back] if back >= 0 else ""
        if before in NEGATED:
            return None
        way, subject = self._way(at, back, before, {form for form, _ in meant})
        if not way or said.CONDITION.search(self.text.piece_before(at)):
            return None
        form: Form = "past" if way == "passive" else ("third" if way == "third" else "base")
        for one, verb in meant:
            behind = self._particle(at, verb, way) if one == form else 0
            if behind:
                who = subject.names if subject is not None else ()
                return _Done(verb, way, who, at, behind), subject
        return None

    def _way(self, at: int, back: int, before: str, forms: set[Form]) -> tuple[str, Subject | None]:
        """Return how a verb stands at a place, and its subject; no way where it is none."""
        if before in BE and "past" in forms and back >= 0:
            is_told = self._is_forbidden(back) or self._happens_alone(back, at)
            return ("" if is_told else "passive"), None
        if before in MODALS and "base" in forms:
            head = self.text.back_over(back, MODALS | MODAL_HEADS | ADVERBS)
            subject = self._subject(head)
            is_none = subject is None or self._is_forbidden(back)
            return ("", None) if is_none else ("base", subject)
        return self._joined(at, back, before, forms) or self._plain(at, back, forms)

    def _plain(self, at: int, back: int, forms: set[Form]) -> tuple[str, Subject | None]:
        """Return how a verb stands right behind its subject: “the office closes it”."""
        subject = self._subject(back) or guessed_before(self.tokens, back + 1)
        if subject is None or self._is_forbidden(at):
            return "", None
        if subject.is_guessed and not any(
            form == "third" and verb.name not in said.MACHINES_TOO
            for form, verb in FORMS[self.tokens[at]]
        ):
            return "", None
        alone = subject.alone
        if alone is not None and not alone.is_many and "base" not in forms:
            subject = alone
        form: Form = "base" if subject.is_many else "third"
        if form in forms and self._has_object(at):
            return form, subject
        return ("third", subject) if "third" in forms and subject.is_pronoun else ("", None)

    def _joined(
        self, at: int, back: int, before: str, forms: set[Form]
    ) -> tuple[str, Subject | None] | None:
        """Return how a verb stands that is joined to one before it: “scans it, and signs”."""
        if self.last is None or back < 0:
            return None
        place, way, subject = self.last
        is_joined = before in said.CONJUNCTIONS or "," in self.text.gap(at)
        form = "past" if way == "passive" else way
        if not is_joined or form not in forms or at - place > _MAX_JOINED:
            return None
        start = back if before in said.CONJUNCTIONS else at
        between = self.text.whole[self.text.words[place].end : self.text.words[start].start]
        if said.RELATIVE.search(between) or (form == "base" and not self._has_object(at)):
            return None
        return way, subject

    def _subject(self, end: int) -> Subject | None:
        found = subject_before(self.tokens, end + 1, self.known)
        if found is None:
            return None
        if self.writer is not None and self.tokens[end] in {"i", "we"}:
            return replace(found, names=self.writer.names)
        person = self.scene.person
        if found.is_pronoun and person is not None:
            return replace(found, names=person.names)
        return found

    def _is_forbidden(self, at: int) -> bool:
        return any(word in NEGATED for word in self.text.piece_before(at).lower().split())

    def _happens_alone(self, back: int, at: int) -> bool:
        """Whether a passive says how a thing is, or what no person does: “closed after 2 days”."""
        if self.tokens[back] == "being":
            return True
        place = self.text.back_over(back, BE | ADVERBS | {"has", "have"})
        if place >= 0 and self.tokens[place] in {"that", "which", "who", "while", "what"}:
            return True
        is_alone = said.BY_ITSELF.search(self.text.whole, self.text.words[back].start)
        return bool(is_alone) and not said.BY.search(self.text.whole, self.text.words[at].end)

    def _is_compound(self, at: int) -> bool:
        """Whether a word belongs to a noun: “a check”, “the order number”."""
        before = self.tokens[at - 1] if at else ""
        return before in DETERMINERS and before not in {"all", "both", "each", "those", "these"}

    def _has_object(self, at: int) -> bool:
        """Whether what follows may be what is done something to, not the rest of a noun."""
        if at + 1 >= len(self.text) or re.search(r"[,.;:()]", self.text.gap(at + 1)):
            return True
        after = self.tokens[at + 1]
        return after not in _NO_OBJECTS

    def _particle(self, at: int, verb: Verb, way: str) -> int:
        """Return the place behind a verb, its particle right after it or behind its object."""
        if not verb.particle:
            is_taken = verb.name != "take" or "from" in self.tokens[at + 1 : at + 7]
            return at + 1 if is_taken else 0
        following = self.tokens[at + 1 : at + 6]
        if verb.name == "hand_over" and "to" in following and not set(following) & said.OF_HANDS:
            return at + 1  # “hands the key to the guest”
        if following[:1] == [verb.particle]:
            return at + 2
        if way == "passive" or verb.particle not in following:
            return 0
        place = at + 1 + following.index(verb.particle)
        between = self.text.whole[self.text.words[at].end : self.text.words[place].start]
        begins = following[0] in _BEGIN_OBJECTS or verb.particle == "into"
        crossed = {*following[: following.index(verb.particle)]} & said.CONJUNCTIONS
        is_object = begins and not crossed and not re.search(r"[,;:]", between)
        return at + 1 if is_object else 0

    def _follows(self, at: int) -> bool:
        """Whether a participle only follows another one: “packed and shipped”."""
        return self.tokens[self.text.back_over(at - 1, ADVERBS)] not in BE

    def _shares(self, behind: int) -> bool:
        """Whether a verb has the object of the one that follows: “accept or refuse it”."""
        following = self.tokens[behind : behind + 2]
        if not following:
            return False
        if following[0] in {"and", "or"}:
            return len(following) > 1 and following[1] in FORMS
        return self.text.gap(behind).strip() == "," and following[0] in FORMS

    def _done(self, done: _Done, *, follows: bool) -> Iterator[Deed]:
        """Yield what a verb that counts does to its thing."""
        if done.way == "passive":
            noun = self.passed if follows else self.objects.of_passive(done.at)
            self.passed = noun
            by = self.objects.by_whom(done.behind)
            done = replace(done, who=by.names if by is not None else ())
            if noun is not None or done.verb.name == "mark":
                yield from self._passive(done, noun or "")
            return
        if self._shares(done.behind):
            self.waiting.append(done)
            return
        joined = self.objects.signed_up_for(done.verb, done.behind)
        if joined:
            deed = self._deed(done, f"{joined}_registration", "create")
            yield replace(deed, of=joined, is_weak=False)
            return
        noun, attribute, verb = self.objects.of_active(done.verb, done.behind)
        waiting, self.waiting = self.waiting, []
        if noun is None:
            return
        yield from (self._deed(other, noun) for other in waiting if other.verb.act != "set")
        deed = self._active(replace(done, verb=verb), noun, attribute)
        yield deed
        if deed.kind == "set" and deed.attribute == attribute:
            for other in self.objects.more_set(verb, done.behind):
                yield replace(deed, attribute=other)

    def _passive(self, done: _Done, noun: str) -> Iterator[Deed]:
        if done.verb.name == "mark":
            end = self.text.words[done.at].end
            flag = said.FLAGGED.search(self.text.whole[:end])
            if flag:
                owner = noun if noun in {deed.noun for deed in self.scene.deeds} else ""
                deed = self._deed(done, owner, attribute=f"is_{flag['state'].lower()}")
                yield replace(deed, words=flag[0], start=flag.start(), kind="set")
            return
        is_picked = done.verb.name == "pick"  # “orders are picked and packed”
        yield self._deed(done, noun, kind="stamp" if is_picked else None)

    def _active(self, done: _Done, noun: str, attribute: str) -> Deed:
        start = self.text.words[done.at].start
        marked = said.MARKED.match(self.text.whole, start) if done.verb.name == "mark" else None
        if marked is None or marked["state"].lower() in said.WEAK_STATES:
            is_for_all = self.tokens[done.at - 2 : done.at] and bool(
                set(self.tokens[max(0, done.at - 2) : done.at]) & said.ANYBODY
            )
            is_read = is_for_all and done.verb.name in said.LOOKED_AT
            return self._deed(done, noun, "read" if is_read else None, attribute)
        state = marked["state"].lower()
        stamped = BY_PAST.get("completed" if state == "done" else state)
        end = marked.end()
        if stamped is None:
            deed = self._deed(done, noun, "set", f"is_{state}")
        else:
            deed = self._deed(replace(done, verb=stamped), noun, "stamp")
        return replace(deed, words=self.text.whole[start:end], end=end)

    def _deed(
        self, done: _Done, noun: str, kind: DeedKind | None = None, attribute: str = ""
    ) -> Deed:
        """Return the deed; what sets nothing that has a name only updates."""
        kind = kind or _KINDS[done.verb.act]
        if kind == "set" and not attribute:
            is_given = done.verb.name in {"assign", "reassign"}
            attribute = "assignee" if is_given else ""
            kind = "set" if is_given else "update"
        start = self.text.words[done.at].start
        end = self.text.words[done.behind - 1].end
        known = {"the", "this", "that", "their"}
        is_known = self.tokens[done.behind : done.behind + 1] and self.tokens[done.behind] in known
        return Deed(
            kind,
            noun,
            self.text.whole[start:end],
            self.text.clause,
            start,
            end,
            is_weak=kind == "create" and (done.way == "passive" or bool(is_known)),
            verb=done.verb.name,
            past=done.verb.past,
            who=done.who,
            attribute=attribute,
            of=self.scene.one if kind == "create" and is_child(noun) else "",
        )
