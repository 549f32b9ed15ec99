"""The list of all addresses with who may open them. `make routes` writes it anew; read the difference first."""

from pathlib import Path

from flask import Flask

from webapp.app import create_app
from webapp.config import ROOT, Settings
from webapp.web.guard import access_of

FILE = ROOT / "tests" / "data" / "routes.txt"


def routes(app: Flask) -> list[str]:
    """One line per rule: methods, address, who may."""
    lines = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("styleguide."):
            continue
        methods = ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        lines.append(f"{rule.rule} {methods} {_who(app, rule.endpoint)}")
    return sorted(lines)


def _who(app: Flask, endpoint: str) -> str:
    access = access_of(app, endpoint)
    if access is None:
        return "undeclared"
    return "public" if access.public else "token" if access.token else ",".join(sorted(access.roles))


def write(folder: Path) -> int:
    """Write the list; gives the number of routes."""
    app = create_app(Settings(instance=folder, secret_key="r" * 32, database_url="sqlite://"))
    lines = routes(app)
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text("\n".join(lines) + "\n", "utf-8")
    return len(lines)


if __name__ == "__main__":
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as scratch:
        print(f"{write(Path(scratch))} addresses in {FILE.relative_to(ROOT)}")
