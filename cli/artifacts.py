"""`./sage artifacts`: what a session produced, as files that open in an editor."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated

import typer

from cli import services
from cli.acting import demand_database, find_principal
from cli.index import index_page
from cli.options import AsJson, AsUser, SessionId
from cli.shapes import artifacts_shape
from cli.terminal import plain_line, put_json, remark, say
from cli.wording import count
from core.domain.session import StoredArtifact
from core.errors import InvalidInput

MAX_STEM_BYTES = 120
_EXTENSIONS = {
    "application/json": "json",
    "application/schema+json": "json",
    "application/sql": "sql",
    "application/toml": "toml",
    "application/xml": "xml",
    "application/x-yaml": "yaml",
    "application/yaml": "yaml",
    "image/svg+xml": "svg",
    "text/css": "css",
    "text/csv": "csv",
    "text/html": "html",
    "text/javascript": "js",
    "text/markdown": "md",
    "text/vnd.mermaid": "mmd",
    "text/x-gherkin": "feature",
    "text/x-python": "py",
    "text/x-sql": "sql",
    "text/x-yaml": "yaml",
    "text/yaml": "yaml",
}
_SUFFIXES = {"json": "json", "yaml": "yaml", "xml": "xml"}  # as in application/problem+json
_UNSAFE = re.compile(r"[^\w.-]+")


def write_artifacts(
    session: SessionId,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder to write into.")],
    as_user: AsUser = None,
    as_json: AsJson = False,
) -> None:
    """Write a session's artifacts into a folder, with an index of them.

    Each goes to DIR/<role>/<slug>.<extension>; files of the same names are replaced. The audit
    notes who took the plan along.
    """
    demand_database()
    principal = find_principal(as_user)
    session_id = services.reading.find_session_id(principal, session)
    found = services.exporting.export_plan(principal, session_id)
    report = services.reading.get_report(principal, session_id)
    paths = choose_paths(found)
    files = {paths[artifact.id]: artifact.body or "" for artifact in found}
    files["index.md"] = index_page(report, paths)
    write_files(out, files)
    if as_json:
        put_json(artifacts_shape(report.session, [(each, paths[each.id]) for each in found]))
        return
    say(f"{count(len(found), 'artifact')} in {out}, listed in {out / 'index.md'}.")
    failed = [each for each in found if each.validation.verdict == "failed"]
    for artifact in failed:
        remark(f"  {plain_line(artifact.slug)} did not pass its validator.", style="yellow")


def choose_paths(artifacts: Iterable[StoredArtifact]) -> Mapping[object, str]:
    """Return a path for each artifact's id, below the folder: safe, and no two alike."""
    taken: set[str] = set()
    paths: dict[object, str] = {}
    for artifact in artifacts:
        extension = extension_for(artifact.media_type)
        role = safe_name(artifact.agent_role)
        stem = safe_name(artifact.slug.removesuffix(f".{extension}"))
        path, number = f"{role}/{stem}.{extension}", 1
        while path.casefold() in taken:  # some file systems know no case
            number += 1
            path = f"{role}/{stem}-{number}.{extension}"
        taken.add(path.casefold())
        paths[artifact.id] = path
    return paths


def safe_name(text: str) -> str:
    """Return a name that is one part of a path on any system, whatever the text was."""
    name = _UNSAFE.sub("-", unicodedata.normalize("NFKC", plain_line(text)))
    name = name.encode()[:MAX_STEM_BYTES].decode(errors="ignore")
    # No leading dot hides it, no leading hyphen makes it an option, no "..", no trailing dot.
    name = re.sub(r"\.{2,}", ".", name).strip(".-")
    return name or "unnamed"


def extension_for(media_type: str) -> str:
    """Return the file extension for a media type; `txt` for one that is not known."""
    essence = media_type.partition(";")[0].strip().lower()
    if essence in _EXTENSIONS:
        return _EXTENSIONS[essence]
    return _SUFFIXES.get(essence.rpartition("+")[2], "txt") if "+" in essence else "txt"


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write files below a folder, and nowhere else; raises `InvalidInput` when it cannot.

    A link that stands in a file's place is replaced, not followed; a folder that is a link to
    somewhere else is refused.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        home = folder.resolve()
        for name, text in files.items():
            target = folder / name
            target.parent.mkdir(exist_ok=True)
            if not target.parent.resolve().is_relative_to(home):
                raise InvalidInput(
                    f"{plain_line(str(target.parent))} leads out of the folder.",
                    hint="Remove that link, or choose another folder.",
                )
            draft = target.with_name(f".{os.getpid()}.part")
            draft.write_text(text, encoding="utf-8", newline="")
            draft.replace(target)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "that is no path"
        raise InvalidInput(
            f"Cannot write into {plain_line(str(folder))}: {reason}.",
            hint="Choose a folder that you may write to, with room left.",
        ) from None
