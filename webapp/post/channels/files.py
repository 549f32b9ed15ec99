"""Providers that write files: nothing leaves the machine, and whether a message was "sent" can always be asked."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from webapp.post.channels import Accepted, Gone, Line, Outgoing, Record

Writer = Callable[[Outgoing], dict[str, bytes]]


def stem(message: Outgoing) -> str:
    """Name of the files of a message; made from its key, so that writing twice leaves one."""
    return f"{message.id:07d}-{hashlib.sha256(message.key.encode()).hexdigest()[:12]}"


@dataclass
class FileProvider:
    """Writes what `content` makes of a message (bytes by file ending) into `folder`; a file that ends in one of
    `proofs` is written last and proves that the message left."""

    name: str
    folder: Path
    content: Writer
    proofs: tuple[str, ...]
    connections: int = 1
    per_minute: int = 0
    can_ask: bool = True
    sure_after: timedelta = timedelta(0)

    def prepare(self, message: Outgoing) -> tuple[str, dict[str, bytes]]:
        """The contents of the files under their common name; a message that cannot be built is refused here."""
        return stem(message), self.content(message)

    def open(self) -> Line:
        """Nothing to connect to."""
        return FileLine(self)

    def ask(self, message: Outgoing) -> Record:
        """The file is there or not."""
        found = any((self.folder / f"{stem(message)}.{ending}").exists() for ending in self.proofs)
        return Record.HAS_IT if found else Record.NEVER_GOT_IT


@dataclass
class FileLine:
    """The hand-off is the appearance of the file under its name."""

    provider: FileProvider
    name: str = ""
    files: dict[str, bytes] = field(default_factory=dict)

    def offer(self, prepared: tuple[str, dict[str, bytes]]) -> None:
        """Remember what to write."""
        self.name, self.files = prepared

    def ready(self) -> None:
        """A disk is always ready."""

    def hand_over(self) -> None:
        """Put the files there, the proof last, each whole or not at all."""
        folder = self.provider.folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for ending, content in sorted(self.files.items(), key=lambda file: file[0] in self.provider.proofs):
                _put(folder / f"{self.name}.{ending}", content)
        except OSError as error:
            raise Gone(str(error)) from error

    def answer(self) -> Accepted:
        """The files are there."""
        return Accepted(ref=self.name)

    def close(self) -> None:
        """Nothing to close."""
        self.name, self.files = "", {}


def _put(path: Path, content: bytes) -> None:
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    scratch.write_bytes(content)
    os.replace(scratch, path)
