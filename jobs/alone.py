"""A lock file per instance: a second copy on the same data refuses with a clear sentence."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]
    import msvcrt


class AlreadyRunning(Exception):
    """Another copy serves this instance; the text says which and what to do."""


@contextmanager
def alone(instance: Path) -> Iterator[Callable[[str], None]]:
    """Hold the instance while inside; gives a function that notes the address for whoever comes second.

    The system frees the lock when the process dies, however it dies.
    """
    path = instance / "serve.lock"
    with path.open("a+", encoding="utf-8") as file:
        if not _locked(file):
            raise AlreadyRunning(_sentence(instance, path))
        _note(file, "")
        yield lambda address: _note(file, f"{os.getpid()} {address}")
        _note(file, "")


def _note(file: IO[str], text: str) -> None:
    file.truncate(0)
    file.write(text)
    file.flush()


def _locked(file: IO[str]) -> bool:
    try:
        if fcntl:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            # Far behind the text, which the second copy must still be able to read.
            file.seek(4096)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    except OSError:
        return False
    return True


def _sentence(instance: Path, path: Path) -> str:
    who = path.read_text("utf-8").split()
    where = f" (process {who[0]}, {who[1]})" if len(who) == 2 else ""
    return (f"Snova is already running on the data in {instance}{where}. "
            "Stop that copy first, or start this one with another SNOVA_INSTANCE and PORT.")
