"""What a browser says about itself, in plain words."""

from __future__ import annotations

# The first that is found counts: every browser also claims to be others.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Vivaldi", "Vivaldi"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chromium", "Chromium"),
    ("HeadlessChrome", "Chrome without a window"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
    ("curl", "curl"),
    ("python", "A Python program"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "macOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def describe_agent(agent: str) -> str:
    """Return a user agent as people say it: "Firefox on Windows"."""
    browser = _first(_BROWSERS, agent)
    system = _first(_SYSTEMS, agent)
    if system is None:
        return browser or "An unknown browser"
    return f"{browser or 'A browser'} on {system}"


def _first(words: tuple[tuple[str, str], ...], agent: str) -> str | None:
    return next((said for word, said in words if word.lower() in agent.lower()), None)
