"""Which parts of a brief's demands no finding took up: the last check of understanding.

Every finding points to its words: rules and deeds to places in a clause, questions to what they
quote, tables, columns and operations by their names. A part of a clause that none of them touches
and none of them speaks of is listed, so that nothing of a demand goes in silence because the rest
of its sentence was understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from core.planning.demand_words import CONJUNCTION, FACT, STRONG
from core.planning.matches import Matches
from core.planning.model import FeatureModel, Rule
from core.planning.open_numbers import told_by
from core.planning.reading.clauses import Clause
from core.planning.reading.conditions import Part
from core.planning.reading.deed import Deed
from core.planning.reading.nouns import words
from core.planning.reading.status_quo import is_status_quo, is_volume

_WORD = re.compile(r"[a-z]{3,}|\d[\d.,:]*")
# What says nothing of its own: small words, and those that only a demand is made with.
_SMALL = words(
    """
    the and but for nor yet not are was were has have had can may must will shall should would could
    cannot does don't did its his her our their your they them then than that this these those there
    here who whom whose which what when where while how why all any each every some such very only
    also just too else ever never always nobody nothing somebody anybody everybody someone anyone
    everyone one ones two other others another same own with without from into onto over under above
    below after before until till unless once since about like out off per via within between during
    through again still even both either neither more most less least much many few enough want need
    needs wants wish would like get gets got make makes made let lets see way thing things please
    really simply exactly e.g i.e etc being been because otherwise instead however already itself
    themselves himself herself upon least person people
    """
)
# What a wish is good for, and examples of it.
_ASIDE = re.compile(
    r"^(?:and |but |or )?(?:because|since|so(?: that)?\b(?! (?:must|may))|in order to|as (?:we|"
    r"they|it|this|that|the|people|there)\b|which (?:means|is why)|that way|this way|e\.g|i\.e|"
    r"for (?:example|instance)|such as|like|thanks to|after all|not to mention|at least that|"
    r"i (?:think|guess|believe|hope)|if (?:possible|i may|necessary|need be|needed)|sometimes|"
    r"usually|normally|of course|ok(?:ay)? so)\b",
    re.IGNORECASE,
)
# Where a part ends: at a comma, a bracket, a conjunction, before a condition or a reason.
_CUT = re.compile(
    r"\)?(?:[,;:()]|\s[-–—]\s)\s+|\s\(|\)$|\s(?=(?:and|but|or|otherwise|because|so that|"
    r"in order to|unless|except|until|if|when|whenever|while|as long as|as soon as)\s)",
    re.IGNORECASE,
)
_MOMENT = re.compile(r"_(?:at|on|by|until|since)$")  # a column that says when or by whom, of all
_POINTING = re.compile(r"\b(?:it|them|they|this|these|that one)\b", re.IGNORECASE)
# “Whether it is known”, “either by mail”: the other half stands behind the cut.
_OTHER_HALF = re.compile(r"\b(?:whether|either|neither|between|both)\b", re.IGNORECASE)
_HALF = re.compile(r"\s(?:or|and|nor)\s[^,;:()]{2,60}")
_BESIDE = 4  # letters between parts that follow each other
_NOT = re.compile(r"^(?:and |but |or )?(?:no|not|never|nothing|nobody|without)\b", re.IGNORECASE)
_ENOUGH_LISTED = 3  # so many short pieces in a row are an enumeration
_WHOLE = 3  # so many words that say something, and no finding says one of them
_FEWEST_WORDS = 3  # a part of fewer says nothing alone
_STEM = 5


@dataclass(slots=True)
class _Said:
    """What the findings say: the plan's names and operations, and the rules of each clause."""

    names: set[str]
    actions: list[tuple[str, set[str]]]  # the thing's stem, and the stems of what is done with it
    rules: dict[str, list[Rule]] = field(default_factory=dict)

    def of(self, clause: Clause) -> set[str]:
        """Return the stems that the findings about a clause say.

        An operation speaks of a clause that names its thing, or points to one.
        """
        own = stems(clause.text)
        is_pointing = bool(_POINTING.search(clause.text))
        said = stems(" ".join(told_by(rule) for rule in self.rules.get(clause.text, [])))
        return said.union(*(done for thing, done in self.actions if is_pointing or thing in own))


def not_taken_up(
    clauses: Iterable[Clause], found: Matches, model: FeatureModel, done: Sequence[Deed]
) -> dict[Clause, tuple[str, ...]]:
    """Return the parts of used clauses that nothing took up, in the words of the brief."""
    said = _said(model, found.rules)
    homeless = _homeless(found, model, done)
    left: dict[Clause, tuple[str, ...]] = {}
    for clause in clauses:
        if clause in found.used and clause not in left and not is_volume(clause.text):
            parts = _left(clause, found, said, homeless.get(clause, set()))
            left[clause] = tuple(_words(clause.text, part) for part in _joined(parts))
    return {clause: words for clause, words in left.items() if words}


def stems(text: str) -> set[str]:
    """Return the beginnings of the words of a text that say something, and its numbers."""
    return {
        _stem(word) for word in _WORD.findall(text.lower().replace("_", " ")) if word not in _SMALL
    }


def _stem(word: str) -> str:
    return word if word[0].isdigit() else word.rstrip("s")[:_STEM]


def _said(model: FeatureModel, rules: Iterable[Rule]) -> _Said:
    columns = [column for entity in model.entities for column in entity.fields]
    spoken = [
        model.title,
        *(entity.name for entity in model.entities),
        *(" ".join(column.choices) for column in columns),
        *(column.name for column in columns if not _MOMENT.search(column.name)),
        *(actor.name for actor in model.actors),
        *(quality.text for quality in model.qualities),
    ]
    actions = [
        (_stem(action.entity.rpartition("_")[2]), stems(f"{_spaced(action.name)} {action.summary}"))
        for action in model.actions
    ]
    said = _Said(stems(" ".join(spoken)), actions)
    for rule in rules:
        for quoted in dict.fromkeys(item.words for item in rule.evidence):
            said.rules.setdefault(quoted, []).append(rule)
    return said


def _spaced(name: str) -> str:
    """Return the words of a name in camelCase."""
    return re.sub("([A-Z])", r" \1", name)


def _homeless(found: Matches, model: FeatureModel, done: Sequence[Deed]) -> dict[Clause, set[int]]:
    """Return the places of deeds on what the plan does not store: nothing was made of them."""
    stored = {entity.name for entity in model.entities}
    places: dict[Clause, set[int]] = {}
    for deed in done:
        if not deed.is_act and not {deed.noun, found.known_as(deed.noun)} & stored:
            places.setdefault(deed.clause, set()).update((deed.start, deed.end))
    return places


def _left(clause: Clause, found: Matches, said: _Said, homeless: set[int]) -> Iterator[Part]:
    settled = found.settled.get(clause, set()) - homeless
    touched = found.touched.get(clause, set())
    questioned = found.questioned.get(clause, [])
    told: set[str] | None = None
    pieces = list(_pieces(clause.text))
    listed = _listed(clause.text, pieces)
    for part in pieces:
        is_scrap = len(part.words.split()) < _FEWEST_WORDS
        if _is_aside(part) or (is_scrap and not (part in listed or _NOT.match(part.words))):
            continue
        shown = sum(
            max(0, min(end, part.end) - max(start, part.start)) for start, end in questioned
        )
        if shown * 2 > part.end - part.start:
            continue
        own = stems(part.words)
        left = own - said.names
        if not left:
            continue
        told = said.of(clause) if told is None else told
        left -= told
        touch = _touch(part, settled, touched)
        if touch == 1:  # a pack is about the words that called for it
            left -= stems(_calling(clause, part, found))
        if is_scrap:
            if left == own and not touch:
                yield part
        elif _is_left(len(left), len(own), touch):
            yield part


def _shown(part: Part, quotes: Iterable[tuple[int, int]]) -> int:
    """Return how many letters of a part stand in the quotes of questions."""
    return sum(max(0, min(end, part.end) - max(start, part.start)) for start, end in quotes)


def _listed(text: str, pieces: Sequence[Part]) -> set[Part]:
    """Return the short pieces of a clause that stand in an enumeration: “plate, gross and tare”."""
    runs: list[list[Part]] = [[]]
    for piece in pieces:
        last = runs[-1][-1] if runs[-1] else None
        between = text[last.end : piece.start] if last else ""
        if len(piece.words.split()) >= _FEWEST_WORDS or not set(between) <= set(", "):
            runs.append([])
        if len(piece.words.split()) < _FEWEST_WORDS:
            runs[-1].append(piece)
    return {piece for run in runs if len(run) >= _ENOUGH_LISTED for piece in run}


def _joined(parts: Iterable[Part]) -> list[Part]:
    """Return parts that follow each other as one."""
    joined: list[Part] = []
    for part in parts:
        last = joined[-1] if joined else None
        if last and part.start - last.end < _BESIDE:
            joined[-1] = Part(f"{last.words} {part.words}", last.start, part.end)
        else:
            joined.append(part)
    return joined


def _words(text: str, part: Part) -> str:
    """Return the words of a part as they are quoted; with the other half of what it begins."""
    end = part.end
    other = _OTHER_HALF.search(text, part.start, end) and _HALF.match(text, end)
    words_left = text[part.start : other.end() if other else end].strip(" ,;:-–—")
    if words_left.count(")") > words_left.count("("):
        words_left = words_left.replace(")", "", 1).strip()
    if words_left.count("(") > words_left.count(")"):
        words_left += ")"
    return CONJUNCTION.sub("", words_left)


def _touch(part: Part, settled: set[int], touched: set[int]) -> int:
    """Return how surely something found its words in a part: 2 a rule or deed, 1 only a cue."""
    if any(part.start <= place < part.end for place in settled):
        return 2
    return int(any(part.start <= place < part.end for place in touched))


def _calling(clause: Clause, part: Part, found: Matches) -> str:
    """Return the words of a part that called for a pack."""
    spans = found.called.get(clause, ())
    return " ".join(
        clause.text[max(start, part.start) : min(end, part.end)] for start, end in spans
    )


def _is_left(left: int, own: int, touch: int) -> bool:
    """Whether too much of a part is left to say that it was taken up.

    The words of a rule may only begin or end in a part that says something else altogether.
    """
    fewest, share = ((2, 0.4), (2, 0.6), (4, 0.75))[touch]
    return (left >= fewest and left >= share * own) or (left == own >= _WHOLE)


def _pieces(text: str) -> Iterator[Part]:
    """Yield the parts of a clause."""
    start = 0
    for cut in [*_CUT.finditer(text), None]:
        end = cut.start() if cut else len(text)
        if text[start:end].strip():
            yield Part(text[start:end].strip(), start, end)
        start = cut.end() if cut else end


def _is_aside(part: Part) -> bool:
    """Whether a part is a reason, an example, or how things are."""
    if _ASIDE.match(part.words) or is_volume(part.words) or is_status_quo(part.words):
        return True
    return bool(FACT.search(part.words)) and not STRONG.search(part.words)
