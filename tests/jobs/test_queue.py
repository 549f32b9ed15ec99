"""The queue follows the configuration, carries signed names only, and waking never hurts a page."""

import os
import pickle
import time
from dataclasses import replace
from pathlib import Path

import pytest
from huey import PostgresHuey, PriorityRedisHuey, SqliteHuey

from jobs import queue as jobs_queue
from jobs.lanes import Lane
from jobs.queue import make_queue
from webapp.config import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(instance=tmp_path, secret_key="k" * 64, database_url=f"sqlite:///{tmp_path}/snova.db")


def test_by_default_the_queue_is_a_file_of_its_own(settings: Settings, tmp_path: Path) -> None:
    queue = make_queue(settings)
    assert isinstance(queue, SqliteHuey)
    assert queue.storage.filename == str(tmp_path / "queue.db")
    assert queue.results is False and queue.storage._timeout == 30
    assert not (tmp_path / "queue.db").exists(), "nothing is made before the consumer starts"


def test_with_postgresql_the_queue_lives_beside_the_data(settings: Settings) -> None:
    queue = make_queue(replace(settings, database_url="postgresql+psycopg://u@127.0.0.1:1/x"))
    assert isinstance(queue, PostgresHuey)
    assert queue.storage.dsn == "postgresql://u@127.0.0.1:1/x"


def test_redis_wins_when_it_is_configured(settings: Settings) -> None:
    queue = make_queue(replace(settings, redis_url="redis://127.0.0.1:1/3", database_url="postgresql+psycopg://u@h/x"))
    assert isinstance(queue, PriorityRedisHuey)
    assert queue.results is False


def test_instances_with_other_secrets_keep_apart(settings: Settings) -> None:
    assert make_queue(settings).name != make_queue(replace(settings, secret_key="z" * 64)).name
    assert "k" * 8 not in make_queue(settings).name


@pytest.mark.parametrize("forged", [pickle.dumps(["look"]), pickle.dumps(["look"]) + b":" + b"0" * 40])
def test_an_unsigned_payload_is_never_unpickled(settings: Settings, forged: bytes) -> None:
    with pytest.raises(ValueError, match="Signature|Separator"):
        make_queue(settings).deserialize_task(forged)


def test_a_hint_carries_the_name_of_the_job_only(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    queue = make_queue(settings)
    queue.storage.initialize_schema()
    monkeypatch.setattr(jobs_queue.queue, "storage", queue.storage)
    jobs_queue.wake("post")
    task = jobs_queue.queue.dequeue()
    assert task is not None and (task.name, task.args, task.kwargs) == ("look", ("post",), {})


def test_thousands_of_hints_leave_a_few(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    queue = make_queue(settings)
    queue.storage.initialize_schema()
    monkeypatch.setattr(jobs_queue.queue, "storage", queue.storage)
    for _ in range(200):
        jobs_queue.wake("post")
    assert 1 <= queue.storage.queue_size() <= jobs_queue.ENOUGH


def test_waking_without_a_queue_is_only_a_warning(settings: Settings, monkeypatch: pytest.MonkeyPatch,
                                                  caplog: pytest.LogCaptureFixture) -> None:
    for broken in (replace(settings, redis_url="redis://127.0.0.1:1/0"),
                   replace(settings, instance=settings.instance / "gone"),
                   replace(settings, database_url="postgresql+psycopg://u@127.0.0.1:1/x")):
        caplog.clear()
        monkeypatch.setattr(jobs_queue.queue, "storage", make_queue(broken).storage)
        jobs_queue.wake("post")
        assert "could not be woken for post" in caplog.text


def test_an_unknown_hint_looks_at_everything_due(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    monkeypatch.setattr(jobs_queue, "LOOKS", {"post": lambda: looked.append("post"),
                                              "batches": lambda: looked.append("batches")})
    for name in ("batches", "of a newer version"):
        jobs_queue.look.call_local(name)
    assert looked == ["batches", "post"]


def test_processes_of_the_queue_live_in_utc() -> None:
    assert os.environ["TZ"] == "UTC"
    assert time.tzname[0] == "UTC"


def test_a_hint_during_a_run_makes_it_look_once_more() -> None:
    lane = Lane(going=lambda: True)
    runs: list[int] = []

    def work() -> None:
        runs.append(len(runs))
        if len(runs) == 1:
            assert not lane.run(work) and not lane.run(work), "taken by the run under way"
    assert lane.run(work)
    assert runs == [0, 1]
    assert lane.run(work) and runs == [0, 1, 2]


def test_a_closing_worker_looks_no_more() -> None:
    lane = Lane(going=lambda: False)
    runs: list[int] = []

    def work() -> None:
        runs.append(1)
        if len(runs) == 1:
            lane.run(work)
    lane.run(work)
    assert runs == [1]


def test_a_run_that_fails_frees_its_lane() -> None:
    lane = Lane(going=lambda: True)
    with pytest.raises(ZeroDivisionError):
        lane.run(lambda: 1 // 0)
    assert lane.run(lambda: None)
