"""What moves from one system to another, whose it is, and by what both are compared."""

from core.planning.packs.pack import Noun

_COUNT = r"\b\d[\d,.]*(?: ?k| million| thousand)?"
_COUNTED = rf"{_COUNT} [a-z][^,;]{{2,50}}?"
_AND = r"(?:,| and|, and) "

MIGRATION_NOUNS: tuple[Noun, ...] = (
    Noun(
        "subject",
        (
            r"\b(?:\d{1,3}(?:,\d{3})+|\d+ ?k|\d{3,}|\d[\d.]* (?:million|thousand)) "
            r"(?P<after>(?:(?! and \d)[^,;])+)",
            r"\b(?:million|thousand) (?P<after>.+)",
            r"\b(?:migrate|move|moving|migrating|switch) (?:all |our |the )*"
            r"(?P<after>(?!from\b).+?) (?:from|to|into|over)\b",
            r"\b(?P<before>[a-z ]+?) (?:are|is|will be|must be|have to be) (?:moved|"
            r"migrated)\b",
            r"\b(?P<before>[a-z]+) (?:are|is) (?:carried|taken) over\b",
            r"\b(?:every|each) (?P<after>[a-z]+) is compared\b",
            r"\bmigration of (?P<after>.+)",
            r"\b(?P<before>[a-z]+) \d{1,3}(?:,\d{3})+\b",
            r"\b(?:their|all) (?P<after>[a-z]+)(?: and [a-z]+)? (?:move|moves|go|goes) to\b",
            r"\b(?:old|new|current|the) (?P<after>[a-z]+) (?:software|system|platform|database)\b",
        ),
    ),
    Noun(
        "party",
        (r"\b(?:no|some|every|each|all|our|existing|active) (?P<after>.{3,30})",),
        optional=True,
        people=True,
    ),
    Noun("besides", (rf"{_COUNTED}{_AND}{_COUNT} (?P<after>[a-z].+)",), optional=True),
    Noun(
        "further",
        (rf"{_COUNTED}{_AND}{_COUNTED}{_AND}{_COUNT} (?P<after>[a-z].+)",),
        optional=True,
    ),
    Noun(
        "result",
        (
            r"\bnew (?P<after>[a-z]+) (?:is|are) compared\b",
            r"\btwo (?P<after>bills|invoices|statements|payslips|letters|orders)\b",
        ),
        optional=True,
    ),
)
