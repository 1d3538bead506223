"""As whom a server process runs: PostgreSQL refuses root, so root needs another face.

An ordinary user runs everything as himself. For root there are two ways:

- a user namespace, in which root's own uid is called `nobody`: nothing on the machine changes,
  the files stay root's, and folders that only root may enter (a 0700 home) can be used;
- the system's user `nobody`, where namespaces are forbidden (many containers). It owns the
  server's data then, and must be able to reach both the data folder and the program.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from embedded.errors import RootRefused

_CLONE_NEWUSER = 0x10000000
_LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Identity:
    """The owner of a server's files, and the step that turns a fresh child into that owner.

    `become` runs in the child between fork and exec; None means that nothing has to change.
    """

    uid: int
    gid: int
    become: Callable[[], None] | None = None


def identity_for(
    program: Path, folder: Path, owner: int | None = None, *, namespaces: bool = True
) -> Identity:
    """Finds an identity that PostgreSQL accepts and that can use both program and folder.

    Each way is tried with the real program, since only that tells what this machine allows.
    `owner` is the uid to which existing data belongs: what `nobody` once made stays nobody's.
    """
    uid, gid = os.geteuid(), os.getegid()
    if uid != 0:
        return Identity(uid, gid)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise RootRefused from None
    in_namespace = Identity(uid, gid, lambda: _enter_namespace(nobody.pw_uid, nobody.pw_gid))
    if namespaces and sys.platform == "linux" and owner != nobody.pw_uid:
        if _can_use(in_namespace, program, folder):
            return in_namespace
    # Entering is not reading: what lies in the folder keeps its own modes, 0600 and 0700.
    folder.chmod(folder.stat().st_mode | 0o011)
    as_nobody = Identity(nobody.pw_uid, nobody.pw_gid, lambda: _drop_to(nobody))
    if _can_use(as_nobody, program, folder):
        return as_nobody
    raise RootRefused(
        "PostgreSQL does not run as root; user namespaces are not allowed here, and the user "
        f"`nobody` cannot reach {folder} or {program}."
    )


def _can_use(identity: Identity, program: Path, folder: Path) -> bool:
    def rehearse() -> None:
        if identity.become:
            identity.become()
        os.chdir(folder)

    try:
        tried = subprocess.run(
            [program, "--version"], preexec_fn=rehearse, capture_output=True, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return tried.returncode == 0


def _enter_namespace(uid: int, gid: int) -> None:
    outer_uid, outer_gid = os.geteuid(), os.getegid()
    if _LIBC.unshare(_CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "user namespaces are not allowed")
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{uid} {outer_uid} 1"),
        ("gid_map", f"{gid} {outer_gid} 1"),
    ):
        descriptor = os.open(f"/proc/self/{name}", os.O_WRONLY)
        os.write(descriptor, text.encode())
        os.close(descriptor)


def _drop_to(user: pwd.struct_passwd) -> None:
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
