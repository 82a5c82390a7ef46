"""The servers from wheels come up whatever was left behind, and go when their owner goes."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import redis

from config import embedded
from config.embedded import EmbeddedError, Postgres, Valkey, broker_url, claimed
from tests import services
from tests.processes import running_in, wait_until

ROOT = Path(__file__).resolve().parent.parent
OWNER = """
import sys, time
from pathlib import Path
from config.embedded import Postgres, Valkey, claimed
folder = Path(sys.argv[1])
with claimed(folder, "The owner"):
    Postgres(folder / "pg", durable=False).start()
    Valkey(folder).start()
    print("up", flush=True)
    time.sleep(600)
"""


def answer(postgres: Postgres) -> object:
    with psycopg.connect(postgres.url()) as connection:
        row = connection.execute("SELECT lower('É')").fetchone()
    return row and row[0]


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[Postgres]:
    server = Postgres(tmp_path / "pg", durable=False)
    yield server
    server.stop()


@contextmanager
def owning(folder: Path, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """Another process, with servers of its own in the folder."""
    command = [sys.executable, "-c", OWNER, str(folder)]
    with subprocess.Popen(
        command, cwd=ROOT, env=os.environ | environment, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "up\n"
            yield process
        finally:
            process.kill()


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    with owning(tmp_path) as process:
        yield process


def test_letters_do_not_depend_on_the_language_of_the_machine(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "C")
    monkeypatch.setenv("LC_ALL", "POSIX")

    postgres.start()

    assert answer(postgres) == "é"


def test_data_outlive_a_restart(postgres: Postgres) -> None:
    postgres.start().create_database("kring")

    postgres.restart()

    assert postgres.create_database("kring") == postgres.url("kring")
    psycopg.connect(postgres.url("kring")).close()


def test_note_of_a_killed_server_may_name_any_process_by_now(postgres: Postgres) -> None:
    postgres.start()
    postgres.stop()
    stale = f"{os.getpid()}\n{postgres.data}\n1\n5432\n{postgres.sockets}\n"
    (postgres.data / "postmaster.pid").write_text(stale)
    (postgres.sockets / ".s.PGSQL.5432.lock").write_text(stale)

    postgres.start()

    assert answer(postgres) == "é"


@pytest.mark.faults
def test_server_that_outlived_its_owner_is_ended(postgres: Postgres, tmp_path: Path) -> None:
    first = Postgres(tmp_path / "pg", durable=False).start()

    postgres.start()

    assert first._process is not None
    assert first._process.wait(10) == 0
    assert answer(postgres) == "é"


@pytest.mark.faults
def test_server_that_was_killed_starts_again_at_once(postgres: Postgres) -> None:
    postgres.start()
    assert postgres._process is not None
    with psycopg.connect(postgres.url()):
        postgres._process.kill()
        postgres._process.wait()

        postgres.start()

    assert answer(postgres) == "é"


def test_files_that_were_only_half_made_are_made_again(postgres: Postgres) -> None:
    (postgres.data.parent / "pg.begun" / "base").mkdir(parents=True)
    postgres.data.mkdir()
    (postgres.data / "half").touch()

    postgres.start()

    assert answer(postgres) == "é"


@pytest.mark.parametrize("name", ["x" * 100, "een map, met spaties & (é)"])
def test_folder_that_can_hold_no_socket(tmp_path: Path, name: str) -> None:
    postgres, valkey = Postgres(tmp_path / name / "pg", durable=False), Valkey(tmp_path / name)
    try:
        postgres.start()
        valkey.start()

        assert answer(postgres) == "é"
        with redis.from_url(valkey.environment()["REDIS_URL"]) as client:
            assert client.ping()
    finally:
        valkey.stop()
        postgres.stop()
    assert not postgres.sockets.exists()
    assert not valkey.sockets.exists()


def test_two_checkouts_do_not_meet(postgres: Postgres, tmp_path: Path) -> None:
    other = Postgres(tmp_path / "elsewhere" / "pg", durable=False)
    try:
        postgres.start().create_database("kring")
        other.start()

        with pytest.raises(psycopg.OperationalError, match='database "kring" does not exist'):
            psycopg.connect(other.url("kring"))
    finally:
        other.stop()


@pytest.mark.faults
def test_killed_owner_leaves_nothing_running(owner: subprocess.Popen[str], tmp_path: Path) -> None:
    assert len(running_in(tmp_path)) > 2

    owner.kill()

    wait_until(lambda: running_in(tmp_path) == set(), seconds=20)


@pytest.mark.skipif(os.geteuid() != 0, reason="PostgreSQL minds only root")
def test_root_without_user_namespaces_runs_it_as_nobody(tmp_path: Path) -> None:
    refusing = tmp_path / "bin" / "unshare"
    refusing.parent.mkdir()
    refusing.write_text("#!/bin/sh\nexit 1\n")
    refusing.chmod(0o755)
    tmp_path.chmod(0o700)
    with owning(tmp_path / "state", PATH=f"{refusing.parent}:{os.environ['PATH']}") as owner:
        data = tmp_path / "state" / "pg"
        assert (data.stat().st_uid, data.stat().st_mode & 0o777) == (embedded.NOBODY, 0o700)

        owner.kill()

        wait_until(lambda: running_in(tmp_path) == set(), seconds=20)


@pytest.mark.faults
def test_claim_lasts_as_long_as_its_process(owner: subprocess.Popen[str], tmp_path: Path) -> None:
    with pytest.raises(EmbeddedError, match=r"^The owner is running already\.$"), claimed(tmp_path):
        pass
    owner.kill()
    owner.wait()

    with claimed(tmp_path) as folder:
        assert folder == tmp_path


@pytest.mark.faults
def test_sweep_takes_away_what_killed_runs_left(tmp_path: Path) -> None:
    left, young, running = (tmp_path / f"{services.PREFIX}{name}" for name in ("left", "young", "running"))
    for folder in (left, young, running):
        folder.mkdir()
    with claimed(running):
        for folder in (left, running):
            os.utime(folder, (0, 0))

        services.sweep(tmp_path)

    assert sorted(tmp_path.iterdir()) == sorted([young, running])


def test_full_disk_is_one_line() -> None:
    with (
        pytest.raises(EmbeddedError, match=r"^The disk is full: make room and start again\.$"),
        embedded._in_plain_words(),
        Path("/dev/full").open("w") as full,
    ):
        full.write("x" * 100_000)
    said = "LOG:  starting\nFATAL:  could not write lock file: No space left on device\n"
    assert embedded._reason("PostgreSQL did not start", said) == embedded.DISK_FULL


def test_files_of_another_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedError, match=f"^{tmp_path} is not ours to write"), embedded._in_plain_words():
        raise PermissionError(errno.EACCES, "Permission denied", str(tmp_path))


def test_server_that_gives_up_says_why(postgres: Postgres) -> None:
    postgres.start()
    postgres.stop()
    (postgres.data / "PG_VERSION").write_text("9\n")

    with pytest.raises(EmbeddedError, match="incompatible with server") as caught:
        postgres.start()

    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("cache", "broker"),
    [
        ("unix:///run/valkey.sock?db=3", "redis+socket:///run/valkey.sock?virtual_host=3"),
        ("redis://:secret@valkey:6379/1", "redis://:secret@valkey:6379/1"),
    ],
)
def test_broker_is_the_same_valkey_in_other_words(cache: str, broker: str) -> None:
    assert broker_url(cache) == broker


def test_child_is_ended_with_all_that_it_started_when_it_does_not_listen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "STOP_SECONDS", 0.2)
    deaf = f"trap '' TERM; cd {tmp_path}; sleep 600 & echo up; wait; wait"
    process = embedded.child(["sh", "-c", deaf], stdout=subprocess.PIPE)
    assert process.stdout is not None
    with process.stdout:
        process.stdout.readline()

        embedded.stop(process)

    assert process.returncode == -signal.SIGKILL
    wait_until(lambda: running_in(tmp_path) == set(), seconds=10)
