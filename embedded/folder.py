"""The data folder: made private, checked before use, and home of what must be remembered."""

from __future__ import annotations

import errno
import os
import pwd
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from embedded.errors import DataFolderUnusable, DiskFull, StartFailed

MIN_FREE_BYTES = 200 * 1024 * 1024
"""A fresh PostgreSQL takes 40 MB, its first write-ahead logs and Sage Mode's data the rest."""

FULL_BELOW_BYTES = 16 * 1024 * 1024
"""What a part that died on a full disk leaves free at most: a segment of the write-ahead log."""

_NO_SPACE = (errno.ENOSPC, errno.EDQUOT)


def prepare_folder(folder: Path, min_free_bytes: int = MIN_FREE_BYTES) -> Path:
    """Makes the data folder (mode 0700) where it is missing and returns its absolute path.

    Says in plain words what is wrong when it cannot be made or written, or when the disk is
    nearly full: the servers themselves would say it too, but only in their logs.
    """
    folder = folder.expanduser().resolve()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(folder / ".writable", "")
        (folder / ".writable").unlink()
    except OSError as error:
        raise _folder_error(folder, error) from error
    free = shutil.disk_usage(folder).free
    if free < min_free_bytes:
        raise DiskFull(
            f"Only {free // 2**20} MB are free on the disk of {folder}; "
            f"{min_free_bytes // 2**20} MB are needed."
        )
    return folder


def write_private(path: Path, text: str) -> None:
    """Replaces a file as a whole, readable for its owner only.

    A reader sees the old content or the new one, and a kill in between leaves the old one.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        draft.replace(path)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise


@contextmanager
def telling_of_a_full_disk(folder: Path) -> Iterator[None]:
    """Raises DiskFull where the block ends because nothing more can be written."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_SPACE:
            raise DiskFull(f"The disk of {folder} is full.") from error
        raise
    except StartFailed as error:  # a program that could not even write why
        if is_full(folder):
            raise DiskFull(f"The disk of {folder} is full. {error.message}") from error
        raise


def is_full(folder: Path) -> bool:
    """Tells whether the folder's disk has hardly anything left."""
    try:
        return shutil.disk_usage(folder).free < FULL_BELOW_BYTES
    except OSError:
        return False


def _folder_error(folder: Path, error: OSError) -> DataFolderUnusable | DiskFull:
    reason = error.strerror or str(error)
    if error.errno in _NO_SPACE:
        return DiskFull(f"The disk of {folder} is full.")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        owner = _owner(folder)
        whose = f" It belongs to {owner}." if owner else ""
        return DataFolderUnusable(f"The data folder {folder} cannot be written: {reason}.{whose}")
    return DataFolderUnusable(f"The data folder {folder} cannot be used: {reason}.")


def _owner(folder: Path) -> str:
    """The other user who owns the folder; empty when it is ours or cannot be told."""
    try:
        uid = folder.stat().st_uid
        return "" if uid == os.geteuid() else f"the user {pwd.getpwuid(uid).pw_name}"
    except (OSError, KeyError):
        return ""
