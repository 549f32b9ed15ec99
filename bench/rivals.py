"""The peers' environment, made once in build/bench-venv, and peers that run in it as processes of their own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / "build" / "bench-venv"
PYTHON = ENVIRONMENT / "bin" / "python"
WANTED = Path(__file__).with_name("requirements-bench.txt")


def prepare() -> None:
    """Make the environment, or bring it up to date when the list of peers changed."""
    done = ENVIRONMENT / ".done"
    if done.exists() and done.read_text("utf-8") == WANTED.read_text("utf-8"):
        return
    print("Installing the peers into build/bench-venv …", flush=True)
    subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=True)
    subprocess.run([str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input",
                    "-r", str(WANTED)], check=True)
    done.write_text(WANTED.read_text("utf-8"), "utf-8")


class Rival:
    """A peer that answers a number with what it measured in so many rounds."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def measure(self, number: int) -> Any:
        """Ask, and wait for the answer."""
        assert self._process.stdin and self._process.stdout
        print(number, file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the peer ended early")
        return json.loads(line)


@contextmanager
def rival(module: str, *, python: Path | str = PYTHON, **variables: str) -> Iterator[Rival]:
    """`main()` of a module in a process of its own while the block runs; in the peers' environment unless told."""
    process = subprocess.Popen(
        [str(python), "-c", f"from {module} import main; main()"], cwd=ROOT, env={**os.environ, **variables},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        if process.stdout.readline().strip() != "ready":
            raise RuntimeError(f"{module} did not start")
        yield Rival(process)
    finally:
        process.kill()
        process.wait()
