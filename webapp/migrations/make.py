"""Writes a migration: what the models say against what all migrations so far make (`make migration NAME="…"`)."""

import re
import sys
import tempfile
from pathlib import Path

from flask_migrate import revision, upgrade

from webapp.app import create_app
from webapp.config import ROOT, Settings

VERSIONS = ROOT / "webapp" / "migrations" / "versions"


def make(name: str) -> Path | None:
    """Write the next numbered migration; None when the models say nothing new."""
    numbers = [int(path.name[:4]) for path in VERSIONS.glob("[0-9]*.py")]
    number = f"{max(numbers, default=0) + 1:04d}"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "scratch.db"
        app = create_app(Settings(instance=Path(folder), secret_key="scratch" * 8, database_url=f"sqlite:///{file}"))
        with app.app_context():
            upgrade()
            revision(message=name, autogenerate=True, rev_id=number)
    made = next(VERSIONS.glob(f"{number}_*.py"))
    lines = [line.rstrip() for line in made.read_text("utf-8").splitlines() if "commands auto generated" not in line]
    made.write_text("\n".join(line for line in lines if "end Alembic" not in line) + "\n", "utf-8")
    if not re.search(r"\bop\.", made.read_text("utf-8")):
        made.unlink()
        return None
    return made


if __name__ == "__main__":
    written = make(sys.argv[1] if len(sys.argv) > 1 and sys.argv[1] else "start")
    print(written.relative_to(ROOT) if written else "the tables have not changed")
