"""Our own components: JavaScript and CSS from files beside the page's parts.

Each file set shares `shared/`: the element builder, the icons, the textures of states. A component
marks its place with `<div class="sage">`; text reaches the DOM as text, never as HTML.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

PARTS = Path(__file__).resolve().parent


@cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def component(name: str, *files: str) -> Callable[..., Any]:
    """Return the component `name`: `shared/shared.*`, then `<name>/<file>` in the order given.

    Without files it is `<name>/<name>.js` and `<name>/<name>.css`.
    """
    wanted = files or (f"{name}.js", f"{name}.css")
    folder = PARTS / name
    scripts = [PARTS / "shared" / "shared.js"] + [folder / f for f in wanted if f.endswith(".js")]
    styles = [PARTS / "shared" / "shared.css"] + [folder / f for f in wanted if f.endswith(".css")]
    made: Callable[..., Any] = st.components.v2.component(
        f"sage_{name}",
        html='<div class="sage"></div>\n',
        js="\n".join(map(_text, scripts)) + "\n",
        css="\n".join(map(_text, styles)) + "\n",
    )
    return made
