"""How to reach an embedded server: the port and the passwords made at its first start."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from embedded.errors import DataFolderUnusable
from embedded.folder import write_private
from embedded.ports import bind_error, free_port

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Access:
    """Where a server listens and what it asks for."""

    port: int
    password: str
    admin_password: str


def remembered_access(path: Path) -> Access:
    """Reads the access file, or makes it (mode 0600) with fresh passwords and a free port.

    Ask before the server has started: a remembered port that somebody else took in the meantime
    is replaced by another free one.
    """
    if path.exists():
        access = _read(path)
        if bind_error(LOOPBACK, access.port) is None:
            return access
        access = replace(access, port=free_port(LOOPBACK))
    else:
        access = Access(free_port(LOOPBACK), secrets.token_urlsafe(24), secrets.token_urlsafe(24))
    write_private(path, json.dumps(asdict(access), indent=1) + "\n")
    return access


def _read(path: Path) -> Access:
    try:
        return Access(**json.loads(path.read_text(encoding="utf-8")))
    except PermissionError as error:
        raise DataFolderUnusable(f"{path} belongs to another user.") from error
    except (OSError, ValueError, TypeError) as error:
        raise DataFolderUnusable(
            f"{path} is damaged, and with it the passwords of the data beside it.",
            hint="Restore the file from a backup, or move the data folder away and start afresh.",
        ) from error
