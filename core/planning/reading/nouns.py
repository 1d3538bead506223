"""English nouns: singular and plural, and which nouns never stand for something to store."""

from __future__ import annotations

import re

_IRREGULAR = {
    "people": "person", "children": "child", "men": "man", "women": "woman", "criteria":
    "criterion", "statuses": "status", "addresses": "address", "aliases": "alias", "media":
    "media", "news": "news", "series": "series", "data": "data", "analyses": "analysis",
    "diagnoses": "diagnosis", "indices": "index", "matrices": "matrix", "staff": "staff",
    "buses": "bus", "lenses": "lens", "quizzes": "quiz", "leaves": "leave", "shelves": "shelf",
    "lives": "life", "knives": "knife", "feet": "foot", "teeth": "tooth", "movies": "movie",
    "cookies": "cookie", "caches": "cache", "knowledge": "knowledge", "equipment": "equipment",
    "politics": "politics", "logistics": "logistics", "statistics": "statistics", "ethics":
    "ethics", "physics": "physics", "premises": "premises", "species": "species",
    "craftsmen": "craftsman", "foremen": "foreman", "feedback": "feedback", "gas": "gas",
    "bonus": "bonus", "campus": "campus", "virus": "virus",
}  # fmt: skip
_PLURALS = {singular: plural for plural, singular in _IRREGULAR.items() if singular != plural}


def words(text: str) -> frozenset[str]:
    """Return the words of a list that is written as a text."""
    return frozenset(text.split())


# Nouns that name a device, a time, a place on the screen, a measure, a word of the trade or a
# way of speaking. As a table they would be silly, whatever the sentence does with them.
NOT_THINGS = words(
    """
    phone smartphone mobile computer laptop tablet desktop browser device screen page website
    site web app dashboard button link menu tab view window form field column row
    list table header footer sidebar widget popup dialog bar counter progress chart graph
    database server system software platform tool api endpoint backend frontend url day night
    week month year hour minute second time today tomorrow yesterday morning evening date
    deadline moment while period season quarter weekend monday tuesday wednesday thursday friday
    saturday sunday january february march april may june july august september october november
    december number amount total sum count size length percent percentage mb gb kb ms eur usd
    euro dollar price cost value rate limit maximum minimum thing stuff something anything
    everything nothing someone anyone everyone nobody one lot kind sort type way part case
    example reason problem idea point fact bit chance choice change changes need wish goal
    aim hope feature function functionality option possibility ability improvement experience
    data information info detail content text word name title description reception basement
    office building home place area side end start beginning top bottom use access support help
    work job life world country city speed performance quality security privacy compliance law
    legal user people person customer client employee staff team colleague manager admin
    administrator finance sales hr author auditor e-mail email mail sms push csv pdf xls json
    xml excel gdpr mode setting settings dark light status state same other more most less least
    best better worse few many much several both either neither first last next previous own new
    old bad good account login password error confusing thanks thank hello hi regards please
    reminder cup coffee meeting once twice again already always never often instead
    duplicate politics crime weather ethics logistics statistics premises seamless sick broken
    illegal fast slow ready available urgent early late real free full empty anonymous aloud
    """
)


def singular(noun: str) -> str:
    """Return the singular of a lower-case noun; one that is singular comes back as it is."""
    if noun in _IRREGULAR:
        return _IRREGULAR[noun]
    if noun in _PLURALS or len(noun) < 4 or not noun.endswith("s"):
        return noun
    if noun.endswith(("ss", "us", "is")):
        return noun
    if noun.endswith("ies"):
        return noun[:-3] + "y"
    if noun.endswith(("sses", "shes", "ches", "xes", "zes")):
        return noun[:-2]
    return noun[:-1]


def plural(noun: str) -> str:
    """Return the plural of a lower-case singular; of a snake_case name, of its last word."""
    head, _, last = noun.rpartition("_")
    prefix = f"{head}_" if head else ""
    if last in _PLURALS:
        return prefix + _PLURALS[last]
    if last in _IRREGULAR.values():
        return noun
    if last.endswith("y") and last[-2:-1] not in set("aeiou"):
        return f"{prefix}{last[:-1]}ies"
    if last.endswith(("s", "x", "z", "ch", "sh")):
        return f"{prefix}{last}es"
    return f"{prefix}{last}s"


def snake(words: str) -> str:
    """Return words as a snake_case name in ASCII, its last word singular; may be empty."""
    parts = re.findall(r"[a-z0-9]+", words.lower())
    if not parts:
        return ""
    parts[-1] = singular(parts[-1])
    return "_".join(parts)[:48].strip("_")


def camel(name: str) -> str:
    """Return a snake_case name as CamelCase."""
    return "".join(part.capitalize() for part in name.split("_"))


def is_thing(name: str) -> bool:
    """Whether a snake_case name could stand for something worth storing."""
    head = name.rpartition("_")[2]
    return bool(re.fullmatch(r"[a-z][a-z0-9_]*", name)) and len(head) > 2 and head not in NOT_THINGS
