"""Which language a brief is written in, by its small words; English is the one that is read."""

from __future__ import annotations

import re

_SMALL_WORDS = {
    "English": "the a an of to and in is are for with that it they we be can should their not on "
    "as by from this have has when must or our users please make i my all at if which only",
    "German": "der die das und ist nicht ein eine einer einem einen mit für von zu den dem auf "
    "werden wird sich sie wir ich im am auch oder dass soll können kann bei nach aus als nur über",
    "French": "le la les des un une et est que qui dans pour pas sur avec ce cette nous vous ils "
    "elles aux du au être doit peut leur leurs ou sont par plus",
    "Spanish": "el la los las un una y es que en por para con no se del al su sus como debe puede "
    "pueden deben son cuando o más este esta",
    "Italian": "il lo la gli le un una e è che di in per con non si del della dei delle come deve "
    "può possono sono quando o più questo questa",
    "Portuguese": "o a os as um uma e é que em por para com não se do da dos das seu sua como deve "
    "pode podem são quando ou mais este esta",
    "Dutch": "de het een en is niet van voor met op te dat die zijn worden wordt kan moet kunnen "
    "moeten bij ook of als naar uit aan onze wij",
    "Polish": "i w na z do nie się jest to że dla od po przez oraz lub może powinien są być",
    "Swedish": "och att det som en ett är av för med på inte kan ska den till från eller har vi",
}
_SETS = {language: frozenset(words.split()) for language, words in _SMALL_WORDS.items()}
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏ]+")
_FOREIGN_SHARE = 0.08


def language_of(text: str) -> str:
    """Return the language's English name; `unknown script` when most letters are not Latin.

    A text without any small words (a few nouns) counts as English: there is nothing against it.
    """
    letters = sum(map(str.isalpha, text))
    if letters and sum(map(len, _LATIN.findall(text))) * 2 < letters:
        return "unknown script"
    words = [word.lower() for word in _WORD.findall(text)]
    scores = {language: sum(word in small for word in words) for language, small in _SETS.items()}
    best = max(scores, key=lambda language: (scores[language], language == "English"))
    if scores[best] < max(2, len(words) * _FOREIGN_SHARE):
        return "English"
    return best
