"""`make demo`: the whole circle on this machine, in the foreground. Ctrl-C stops all of it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

from config.embedded import EmbeddedError, Postgres, Valkey, child, stop

ROOT = Path(__file__).resolve().parent.parent.parent
LOCAL = ROOT / ".local"
UP_SECONDS = 60
ROOM_NEEDED = 300 * 1024 * 1024

WHERE_TO_LOOK = """
  De kring staat klaar:   {url}/
  Aanmelden als iemand:   {url}/account/login/   (kies wie je bent, één klik)
  Alle verstuurde mail:   {url}/demo/post/
  De API:                 {url}/api/docs/

  Ctrl-C stopt alles. Opnieuw beginnen: make demo-reset
"""


def say(text: str) -> None:
    print(text, flush=True)


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def wanted_port() -> int:
    """Raises EmbeddedError for a port that is none, or taken."""
    text = os.environ.get("PORT", "8000")
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise EmbeddedError(f"PORT={text} is no port: take a number from 1024 to 65535, as in PORT=8001 make demo")
    if not port_is_free(int(text)):
        raise EmbeddedError(f"Port {text} is taken: PORT={int(text) + 1} make demo")
    return int(text)


def secret_key() -> str:
    """A key of this checkout's own, so that signing in lasts over a restart."""
    path = LOCAL / "secret"
    if not path.exists():
        path.write_text(os.urandom(32).hex())
        path.chmod(0o600)
    return path.read_text()


def environment(url: str, postgres: Postgres, valkey: Valkey) -> dict[str, str]:
    ours = {
        "DATABASE_URL": os.environ.get("DATABASE_URL") or postgres.create_database("kring"),
        "SECRET_KEY": secret_key(),
        "SITE_URL": url,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DEMO": "1",
        "MAIL_TRANSPORT": "post",
        "MAIL_JOURNAL": str(LOCAL / "journal"),
        "MEDIA_ROOT": str(LOCAL / "media"),
        "CELERY_BEAT_FILE": str(LOCAL / "beat"),
        "LOG_FORMAT": "plain",
        "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
        "PYTHONUNBUFFERED": "1",
    }
    valkeys = {} if "REDIS_URL" in os.environ else valkey.environment()
    return os.environ | valkeys | ours


def manage(env: dict[str, str], *command: str) -> None:
    """Raises EmbeddedError when the command fails; what it said is on the screen."""
    done = subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=env, check=False)
    if done.returncode != 0:
        raise EmbeddedError(f"`manage.py {command[0]}` failed; see above. `make demo-reset` starts afresh.")


def processes(port: int) -> dict[str, list[str]]:
    celery = ["celery", "--quiet", "-A", "config"]
    return {
        "web": ["gunicorn", "--config", "python:config.gunicorn", "--bind", f"127.0.0.1:{port}", "config.wsgi"],
        "worker": [*celery, "worker", "--concurrency", "2", "--loglevel", "WARNING"],
        "beat": [*celery, "beat", "--schedule", str(LOCAL / "beat"), "--loglevel", "WARNING"],
    }


def wait_until_up(url: str, running: dict[str, subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + UP_SECONDS
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{url}/healthz", timeout=2).read()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        for name, process in running.items():
            if process.poll() is not None:
                raise EmbeddedError(f"The {name} process stopped; see above.")
    raise EmbeddedError(f"The site did not answer within {UP_SECONDS} seconds.")


def serve(port: int) -> None:
    """Runs until one of the processes ends. Raises EmbeddedError with what went wrong in one line."""
    if shutil.disk_usage(LOCAL).free < ROOM_NEEDED:
        raise EmbeddedError("The disk is full: make 300 MB of room and start again.")
    url = f"http://localhost:{port}"
    postgres, valkey = Postgres(LOCAL / "pg"), Valkey(LOCAL / "valkey")
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        postgres.start()
        valkey.start()
        env = environment(url, postgres, valkey)
        manage(env, "migrate", "--verbosity", "0")
        manage(env, "demo_data")
        for name, command in processes(port).items():
            running[name] = child([sys.executable, "-m", *command], cwd=ROOT, env=env)
        wait_until_up(url, running)
        say(WHERE_TO_LOOK.format(url=url))
        while all(process.poll() is None for process in running.values()):
            time.sleep(0.3)
        ended = next(name for name, process in running.items() if process.poll() is not None)
        raise EmbeddedError(f"The {ended} process stopped; see above.")
    finally:
        for process in reversed(running.values()):
            process.send_signal(signal.SIGTERM)
        for process in running.values():
            stop(process)
        valkey.stop()
        postgres.stop()


def leave(number: int, frame: FrameType | None) -> None:
    """A second signal while stopping changes nothing."""
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)
    sys.exit(0)


def main() -> int:
    # A shell's background job ignores SIGINT unless it is set.
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, leave)
    if "--reset" in sys.argv:
        shutil.rmtree(LOCAL, ignore_errors=True)
    try:
        port = wanted_port()
        LOCAL.mkdir(exist_ok=True)
        serve(port)
    except EmbeddedError as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
