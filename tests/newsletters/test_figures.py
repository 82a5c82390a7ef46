"""How an issue fares: totals, without persons."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from kring.mail import delivery, suppression
from kring.mail.models import BounceKind, Kind, Message, Suppression
from kring.newsletters import figures, sending
from kring.newsletters.models import Addressee, Issue
from tests.factories import (
    SubscriberFactory,
)
from tests.newsletters.issues import M, S, begun, messages, now, recipients, state_of
from tests.smtp_server import Behaviour, SmtpServer

pytestmark = pytest.mark.django_db


def test_figures_are_totals_and_stay_when_the_readers_are_erased(client: Client) -> None:
    SubscriberFactory.create_batch(6)
    issue = begun()
    sending.carry_on(now())
    keys = list(messages(issue).values_list("pk", flat=True))
    sent = {"state": M.SENT, "sent_at": now()}
    Message.objects.filter(pk__in=keys[:2]).update(**sent)
    Message.objects.filter(pk=keys[2]).update(**sent | {"state": M.BOUNCED, "bounce": BounceKind.HARD})
    Message.objects.filter(pk=keys[3]).update(**sent | {"state": M.BOUNCED, "bounce": BounceKind.COMPLAINT})
    Message.objects.filter(pk=keys[4]).update(state=M.FAILED)
    sending.finish_if_done(issue.pk, now())
    still = state_of(issue)
    Message.objects.filter(pk=keys[5]).update(state=M.SUPPRESSED)
    sending.finish_if_done(issue.pk, now())

    before = figures.of(Issue.objects.get(), now())
    assert (still, state_of(issue)) == (S.SENDING, S.SENT)
    assert (before.readers, before.queued, before.sent, before.failed, before.unwanted) == (6, 6, 4, 1, 1)
    assert (before.bounces, before.per_bounce) == (
        2,
        [("adres bestaat niet", 1), ("als ongewenst gemeld", 1)],
    )

    assert figures.settle(now() + dt.timedelta(days=29)) == 0
    assert figures.settle(now() + dt.timedelta(days=31)) == 1
    Message.objects.all().delete()

    after = figures.of(Issue.objects.get(), now())
    assert Addressee.objects.count() == 0
    assert (after.sent, after.per_bounce, after.failed) == (before.sent, before.per_bounce, before.failed)


@pytest.mark.django_db(transaction=True)
def test_address_that_is_refused_at_once_is_counted_as_what_it_is(server: SmtpServer) -> None:
    nobody, full, *_others = SubscriberFactory.create_batch(4)
    noes = {nobody.email: "550 5.1.1 no such user", full.email: "552 5.2.2 mailbox full"}
    server.behaviour = lambda address: Behaviour(rcpt=noes.get(address, "250 2.1.5 Ok"))
    begun()
    sending.carry_on(now())
    delivery.deliver()

    counted = figures.of(Issue.objects.get(), now())

    assert (counted.sent, counted.failed) == (2, 2)
    assert counted.bounced == {BounceKind.HARD: 1, BounceKind.SOFT: 1}


def test_rate_and_time_left() -> None:
    SubscriberFactory.create_batch(9)
    issue = begun()
    sending.carry_on(now())
    later = now() + dt.timedelta(minutes=5)
    for number, message in enumerate(messages(issue)[:3]):
        sent_at = later - dt.timedelta(seconds=20 * number)
        Message.objects.filter(pk=message.pk).update(state=M.SENT, sent_at=sent_at)

    told = figures.of(Issue.objects.get(), later)

    assert (told.done, told.to_go, told.per_minute, told.time_left) == (3, 6, 3, "nog ongeveer 2 minuten")


def test_who_left_meanwhile_is_not_mailed(server: SmtpServer) -> None:
    SubscriberFactory(email="weg@voorbeeld.example")
    issue = begun()
    sending.carry_on(now())
    suppression.suppress("weg@voorbeeld.example", Suppression.Reason.REQUEST, now(), kind=Kind.NEWSLETTER)

    delivery.deliver()

    assert recipients(server) == []
    assert figures.of(Issue.objects.get(pk=issue.pk), now()).unwanted == 1
