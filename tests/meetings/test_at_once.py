"""Two hundred people want the last ten places at the same moment: against the running server, and with a control."""

from __future__ import annotations

import datetime as dt
import http.client
import re
import threading
from collections import Counter
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from django.db import IntegrityError
from django.utils import timezone

from kring.mail import links
from kring.mail.models import Message
from kring.meetings import notices, signing_up
from kring.meetings.models import Meeting, SignUp, SignUpState
from tests.factories import MeetingFactory, SignUpFactory
from tests.product import Product, running
from tests.test_twice import at_once

pytestmark = pytest.mark.django_db(transaction=True)

S = SignUpState
PEOPLE, LEFT = 200, 10
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def opened(product: Product, path: str) -> tuple[str, str]:
    """The page behind the link of a mail: the cookie and the token that its button sends."""
    line = http.client.HTTPConnection(urlsplit(product.url).netloc, timeout=120)
    line.request("GET", path)
    answer = line.getresponse()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', answer.read().decode())[1]  # type: ignore[index]
    cookie = str(answer.headers["Set-Cookie"]).partition(";")[0]
    line.close()
    return cookie, token


def press(product: Product, path: str, cookie: str, token: str, ready: threading.Barrier) -> int:
    """Waits for all the others, and presses the button."""
    ready.wait(120)
    line = http.client.HTTPConnection(urlsplit(product.url).netloc, timeout=120)
    body = urlencode({"doe": "bevestig", "csrfmiddlewaretoken": token})
    line.request("POST", path, body, FORM | {"Cookie": cookie})
    status = line.getresponse().status
    line.close()
    return status


def test_of_two_hundred_at_once_exactly_ten_get_the_last_ten_places(tmp_path: Path) -> None:
    meeting = MeetingFactory(capacity=60)
    for _group in range(5):
        SignUpFactory(meeting=meeting, people=10)
    hopeful = [SignUpFactory(meeting=meeting, state=S.UNCONFIRMED) for _person in range(PEOPLE)]
    day = dt.timedelta(days=1)
    paths = [
        urlsplit(links.issue(notices.SIGN_UP, each.uuid, each.recipient, expires_in=day, single_use=False)).path
        for each in hopeful
    ]
    ready, statuses = threading.Barrier(PEOPLE), []

    with running(tmp_path, mail_port=9, with_worker=False) as product:
        page = opened(product, paths[0])
        threads = [
            threading.Thread(target=lambda path=path: statuses.append(press(product, path, *page, ready)))
            for path in paths
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    states = Counter(SignUp.objects.filter(pk__in=[each.pk for each in hopeful]).values_list("state", flat=True))
    meeting.refresh_from_db()
    mails = Counter(Message.objects.values_list("template", flat=True))
    assert Counter(statuses) == {302: PEOPLE}
    assert (states, meeting.taken) == ({S.GOING: LEFT, S.WAITING: PEOPLE - LEFT}, 60)
    assert mails == {"meetings/mail/going": LEFT, "meetings/mail/waiting": PEOPLE - LEFT}


def confirm(sign_up: SignUp) -> str:
    try:
        signing_up.confirm(SignUp.objects.select_related("meeting").get(pk=sign_up.pk), timezone.now())
    except IntegrityError as error:
        return "refused" if "meeting_never_over_capacity" in str(error) else str(error)
    return SignUp.objects.get(pk=sign_up.pk).state


def the_last_place() -> tuple[Meeting, list[SignUp]]:
    meeting = MeetingFactory(capacity=1)
    return meeting, [SignUpFactory(meeting=meeting, state=S.UNCONFIRMED) for _person in range(4)]


def test_lock_makes_them_wait_for_one_another() -> None:
    meeting, hopeful = the_last_place()

    states = at_once(*(lambda each=each: confirm(each) for each in hopeful))

    meeting.refresh_from_db()
    assert (sorted(states), meeting.taken) == ([S.GOING, S.WAITING, S.WAITING, S.WAITING], 1)


def test_control_without_the_lock_all_see_the_same_free_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then it is the database that refuses the others."""
    meeting, hopeful = the_last_place()
    all_have_looked = threading.Barrier(len(hopeful))

    def looked(meeting: Meeting) -> Meeting:
        found = Meeting.objects.get(pk=meeting.pk)
        all_have_looked.wait(10)
        return found

    monkeypatch.setattr(Meeting, "locked", looked)

    states = at_once(*(lambda each=each: confirm(each) for each in hopeful))

    meeting.refresh_from_db()
    assert (sorted(states), meeting.taken) == ([S.GOING, "refused", "refused", "refused"], 1)
