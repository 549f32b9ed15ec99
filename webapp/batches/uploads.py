"""Uploaded files on disk: kept under random names in the instance's folder, found again, forgotten."""

import secrets
from pathlib import Path

from flask import current_app

from webapp.config import Settings

FOLDER = "sheets"


def keep(data: bytes) -> str:
    """Write an uploaded file and give the name it is kept under; what its owner called it never reaches the disk."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = secrets.token_hex(16)
    with (folder / name).open("xb") as file:
        file.write(data)
    return name


def place_of(name: str) -> Path:
    """Where the file is kept. Raises LookupError for anything that is no name of ours, and for a forgotten file."""
    path = _folder() / name
    if not name.isalnum() or not path.is_file():
        raise LookupError("the uploaded file is gone")
    return path


def forget(name: str) -> None:
    """Delete the file; a second call changes nothing."""
    if name.isalnum():
        (_folder() / name).unlink(missing_ok=True)


def kept() -> dict[str, float]:
    """Names of all files that are kept, with the second of the epoch in which each was written."""
    folder = _folder()
    return {path.name: path.stat().st_mtime for path in folder.iterdir()} if folder.is_dir() else {}


def _folder() -> Path:
    settings: Settings = current_app.extensions["snova.settings"]
    return settings.uploads / FOLDER
