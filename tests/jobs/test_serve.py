"""`make run`'s program: web and worker live and end as one tree, whoever ends them and however."""

import os
import signal
import socket
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

SERVE = ("-c", "import sys; from jobs.main import serve; sys.exit(serve({}))")


def serve(options: str = "") -> tuple[str, str]:
    return SERVE[0], SERVE[1].format(options)


WAYS = [pytest.param("", signal.SIGTERM, id="gunicorn"), pytest.param("", signal.SIGINT, id="gunicorn, Ctrl-C"),
        pytest.param("forks=False", signal.SIGTERM, id="waitress"),
        pytest.param("worker=False", signal.SIGTERM, id="web only")]


def fetch(address: str) -> int:
    with urllib.request.urlopen(f"{address}/static/favicon.svg", timeout=30) as answer:
        return int(answer.status)


def is_open(address: str) -> bool:
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", int(address.rsplit(":", 1)[1]))) == 0


@pytest.mark.slow
@pytest.mark.parametrize(("options", "number"), WAYS)
def test_it_prints_its_address_serves_and_ends_in_order(begin: Callable, options: str, number: int) -> None:
    program = begin(*serve(options))
    address = program.line("Snova:")[1]
    assert fetch(address) == 200
    assert program.end(number) == 0
    assert not is_open(address)
    assert "Traceback" not in "".join(program.heard)


@pytest.mark.slow
def test_wsgi_started_as_a_program_serves(begin: Callable) -> None:
    program = begin("wsgi.py")
    assert fetch(program.line("Snova:")[1]) == 200
    assert program.end() == 0


@pytest.mark.slow
def test_a_second_copy_on_the_same_data_refuses_with_a_clear_sentence(begin: Callable) -> None:
    first = begin(*serve("worker=False"))
    address = first.line("Snova:")[1]
    second = begin(*serve("worker=False"))
    words = " ".join(second.line("Snova"))
    assert "already running on the data in" in words and address in words and "SNOVA_INSTANCE" in words
    assert second.process.wait(60) == 1
    assert fetch(address) == 200, "the first one goes on"
    first.end()
    assert begin(*serve("worker=False")).line("Snova:")[1], "a lock of a program that ended holds nobody up"


@pytest.mark.slow
def test_a_taken_port_is_told_with_what_to_do(begin: Callable) -> None:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen()
        program = begin(*serve(f"{sock.getsockname()[1]}"))
        assert "PORT" in " ".join(program.line("Port"))
        assert program.process.wait(60) == 1


def children(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in path.read_text("ascii").split()]


needs_proc = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc to find processes")


@pytest.mark.slow
@needs_proc
def test_when_the_web_dies_the_tree_ends_with_a_fault(begin: Callable) -> None:
    program = begin(*serve())
    address = program.line("Snova:")[1]
    assert fetch(address) == 200
    for child in children(program.process.pid):
        os.kill(child, signal.SIGKILL)
    assert program.process.wait(60) == 1


@pytest.mark.slow
@needs_proc
def test_when_the_worker_is_killed_the_web_ends_too(begin: Callable) -> None:
    program = begin(*serve())
    address = program.line("Snova:")[1]
    assert fetch(address) == 200
    program.end(signal.SIGKILL)
    # Our pipe closes when the last process that could write into it is gone.
    assert program.process.stdout is not None
    with pytest.raises(AssertionError, match="ended before"):
        program.line("never said")
    assert not is_open(address)


@pytest.mark.slow
def test_an_instance_without_a_database_is_told_what_to_do(begin: Callable, tmp_path: Path) -> None:
    program = begin(*serve(), SNOVA_INSTANCE=str(tmp_path / "new"), DATABASE_URL="")
    assert "setup" in " ".join(program.line("This"))
    assert program.process.wait(60) == 1
