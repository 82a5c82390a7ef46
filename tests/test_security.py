"""trust.md, as a browser and an attacker see it: headers, cookies, sessions, and who is told what about whom."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site_settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import URLPattern
from pytest_django.fixtures import Settings

from kring.accounts import urls as accounts
from tests.access_table import TABLE
from tests.conftest import Cast
from tests.test_access import address, routes, scene  # noqa: F401 - the fixture

ROOT = Path(__file__).resolve().parent.parent
IN_EARNEST = {
    "PATH": os.environ["PATH"],
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "SECRET_KEY": "for tests, and as long as a real one: 0123456789abcdefghijklmnopqrstuvwxyz",
    "SITE_URL": "https://kring.example",
    "DATABASE_URL": "postgresql:///none",
    "REDIS_URL": "redis://none",
    "CELERY_BROKER_URL": "redis://none",
    "PLAIN_STATIC": "1",
}
POLICY = {
    "default-src": "'none'",
    **dict.fromkeys(
        ("script-src", "style-src", "img-src", "font-src", "connect-src", "form-action", "manifest-src"), "'self'"
    ),
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
REFERRERS = {"strict-origin-when-cross-origin", "same-origin"}
# Mail as the board sees it: styles of its own in a frame of ours, where nothing acts.
FRAME_POLICY = {
    "default-src": "'none'",
    "style-src": "'unsafe-inline'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'self'",
}
FRAMES = {
    r"/bestuur/post/sjablonen/[^/]+/beeld/": {"img-src": "'self' data:", "sandbox": ""},
    r"/bestuur/nieuwsbrief/[^/]+/voorbeeld/": {"img-src": "'self'", "sandbox": "allow-popups allow-same-origin"},
}
FRAMED = re.compile("|".join(FRAMES))
FRAME_HEADERS = HEADERS | {"X-Frame-Options": "SAMEORIGIN"}
SCRIPT = r"<script(?![^>]*\bsrc=)(?![^>]*application/(ld\+)?json)|\son\w+=\"|javascript:"
INLINE = re.compile(rf"{SCRIPT}|<style|\sstyle=", re.I)


@pytest.fixture(autouse=True)
def _mail_is_written(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "kring.mail.backend.OutboxBackend"


# --- Headers ---------------------------------------------------------------------------------------------------------


def policy(answer: Any) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in answer["Content-Security-Policy"].split(";") if part.strip())
    return {name: value for name, _space, value in parts}


def filled(route: str) -> str:
    return route.replace("<int:pk>", "1").replace("<uuid:uuid>", str(uuid.uuid4()))


def every_address(scene: dict[str, str]) -> list[str]:  # noqa: F811
    own = [f"/{pattern.pattern}" for pattern in accounts.urlpatterns if isinstance(pattern, URLPattern)]
    faults = ["/bestaat-niet/", "/%00", "/?q=%00", "/media/x.webp", "/static/kring/css/base.css", "/static/none.css"]
    admin = ["/beheer/", "/beheer/accounts/user/", "/beheer/logout/", "/beheer/jsi18n/", "/beheer/bestaat-niet/"]
    return [
        *(address(row, scene) for row in TABLE),
        *(filled(path) for path in own),
        *faults,
        *admin,
        "/demo/post/",
    ]


@pytest.mark.parametrize("who", ["visitor", "owner", "board", "administrator"])
def test_every_answer_bears_the_headers(cast: Cast, scene: dict[str, str], who: str) -> None:  # noqa: F811
    client = cast.client(who)
    client.raise_request_exception = False
    wrong: dict[str, Any] = {}
    for path in every_address(scene):
        is_frame = who == "board" and FRAMED.fullmatch(path)
        for answer in (client.get(path), client.post(path)):
            given = policy(answer)
            frames = given.pop("frame-src", None)
            is_mail = is_frame and answer.status_code == 200
            fine = (
                given == (frame_policy(path) if is_mail else POLICY)
                and frames in ({None} if is_mail else {"'self'", "'none'"})  # the demo shows its mail in frames
                and all(answer.get(name) == value for name, value in (FRAME_HEADERS if is_frame else HEADERS).items())
                and answer["Referrer-Policy"] in REFERRERS
                and answer["Permissions-Policy"]
                and answer.status_code < 500
            )
            if not fine:
                wrong[path] = (answer.status_code, dict(answer.headers))

    assert wrong == {}


def frame_policy(path: str) -> dict[str, str]:
    """Nothing in a mail can act or be fetched from elsewhere, and only our own pages show it."""
    [own] = [more for address, more in FRAMES.items() if re.fullmatch(address, path)]
    return FRAME_POLICY | own


@pytest.mark.parametrize("who", ["visitor", "owner", "board", "administrator"])
def test_nothing_stands_inline(cast: Cast, scene: dict[str, str], who: str) -> None:  # noqa: F811
    """The policy would stop it: a page that counts on it is broken."""
    client = cast.client(who)
    pages = {path: client.get(path) for path in every_address(scene) if not path.startswith("/beheer/")}
    found = {
        path: (re.compile(SCRIPT, re.I) if who == "board" and FRAMED.fullmatch(path) else INLINE).findall(
            page.content.decode()
        )
        for path, page in pages.items()
        if "html" in page.get("Content-Type", "") and not page.streaming
    }

    assert {path: inline for path, inline in found.items() if inline} == {}
    assert len(found) > 40


def in_earnest(code: str, **environment: str) -> str:
    """What Python says with the settings of a real site."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=IN_EARNEST | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


REQUEST = """
import json
import django
django.setup()
from django.test import Client
answer = Client().get("/healthz", headers={headers}, secure={secure})
page = Client().get("/static/kring/css/base.css", headers={headers}, secure={secure})
print(json.dumps([answer.status_code, page.status_code, dict(page.headers)]))
"""


def asked(*, secure: bool, headers: dict[str, str], **environment: str) -> Any:
    said = in_earnest(REQUEST.format(secure=secure, headers=headers), ALLOWED_HOSTS="kring.example", **environment)
    return json.loads(said)


def test_site_in_earnest_is_only_there_over_https() -> None:
    host = {"host": "kring.example"}
    probe, status, headers = asked(secure=False, headers=host)

    assert probe == 200  # a probe asks the container itself
    assert (status, headers["Location"]) == (301, "https://kring.example/static/kring/css/base.css")


def test_browsers_remember_that_for_two_years() -> None:
    _probe, _status, headers = asked(secure=True, headers={"host": "kring.example"})

    assert headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains; preload"


@pytest.mark.parametrize(("behind", "status"), [("0", 301), ("1", 200)])
def test_word_of_a_proxy_counts_where_there_is_one(behind: str, status: int) -> None:
    told = {"host": "kring.example", "x-forwarded-proto": "https"}

    assert asked(secure=False, headers=told, BEHIND_PROXY=behind)[1] == status


def test_cookies_in_earnest() -> None:
    names = [
        *("SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE"),
        *("SESSION_COOKIE_PATH", "SESSION_COOKIE_DOMAIN"),
        *("CSRF_COOKIE_NAME", "CSRF_COOKIE_SECURE", "CSRF_COOKIE_HTTPONLY", "CSRF_COOKIE_SAMESITE"),
        *("CSRF_COOKIE_PATH", "CSRF_COOKIE_DOMAIN"),
    ]
    code = f"import json; from django.conf import settings; print(json.dumps([getattr(settings, n) for n in {names}]))"

    # A cookie with this prefix is refused by browsers unless it is Secure, of the whole site, and of no other host.
    assert json.loads(in_earnest(code)) == [
        *("__Host-session", True, True, "Lax", "/", None),
        *("__Host-csrf", True, True, "Lax", "/", None),
    ]


def test_django_has_nothing_to_warn_of() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "DEBUG"],
        cwd=ROOT,
        env=IN_EARNEST,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "System check identified no issues (0 silenced).\n"


def test_demo_is_no_part_of_a_site_in_earnest() -> None:
    code = (
        "import django; django.setup()\n"
        "from django.urls import get_resolver\n"
        "from django.conf import settings\n"
        "print(settings.DEBUG, settings.DEMO, settings.TWO_FACTOR_REQUIRED, 'demo' in str(settings.INSTALLED_APPS),"
        " [str(p.pattern) for p in get_resolver().url_patterns if 'demo' in str(p)])"
    )

    assert in_earnest(code).strip() == "False False True False []"


def test_only_two_cookies_exist(cast: Cast, scene: dict[str, str]) -> None:  # noqa: F811
    known = {site_settings.SESSION_COOKIE_NAME, site_settings.CSRF_COOKIE_NAME}
    for who in ("visitor", "owner", "board", "administrator"):
        client = cast.client(who)
        for path in every_address(scene):
            client.get(path)
        assert set(client.cookies) <= known, who


def test_visitor_who_only_reads_gets_no_cookie(client: Client, db: None) -> None:
    for path in (
        "/",
        "/menukaart/",
        "/menukaart/?q=boot",
        "/organisaties/",
        "/vragen/",
        "/toezeggingen/",
        "/privacy/",
    ):
        client.get(path)

    assert dict(client.cookies) == {}
    assert not Session.objects.exists()


# --- Forms from elsewhere --------------------------------------------------------------------------------------------

# Without a token, and why that does no harm: see kring.foundation.origin, set_language, and RFC 8058 for leaving; a
# provider shows its secret; and who is written down for the newsletter says yes in a mail.
WITHOUT_TOKEN = {
    *("set_language", "offerings:shortlist_add", "offerings:shortlist_remove"),
    *("mail:leave", "mail:report", "newsletters:subscribe"),
}


def test_every_other_form_asks_for_its_token(cast: Cast, scene: dict[str, str]) -> None:  # noqa: F811
    open_doors = set()
    for who in ("visitor", "owner", "board"):
        client = cast.client(who)
        client.handler.enforce_csrf_checks = True
        for row in TABLE:
            answer = client.post(address(row, scene), headers={"origin": "https://elders.example"})
            if answer.status_code not in {403, 405}:
                open_doors.add(row.name)
    account = Client(enforce_csrf_checks=True)
    own = [filled(f"/{pattern.pattern}") for pattern in accounts.urlpatterns]
    answers = {path: account.post(path, headers={"origin": "https://elders.example"}).status_code for path in own}

    # These three look where the form came from instead.
    assert open_doors.isdisjoint({"newsletters:subscribe", "offerings:shortlist_add", "offerings:shortlist_remove"})
    assert open_doors <= WITHOUT_TOKEN | {row.name for row in TABLE if row.name.startswith("api:")}
    assert set(answers.values()) <= {403, 405, 302}
    assert {path for path, status in answers.items() if status == 302} == set()


def test_view_without_a_token_is_one_of_those() -> None:
    exempt = {name for name, pattern in routes() if getattr(pattern.callback, "csrf_exempt", False)}
    apis = {name for name in exempt if name.startswith("api:") or name in {"schema", "docs"}}

    assert exempt - apis == WITHOUT_TOKEN
