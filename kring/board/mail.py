"""The board's pages of the mail: what was sent, what did not arrive, and what to do about it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from kring.accounts import access
from kring.accounts.models import User
from kring.foundation.narrowing import Choices, Labels, Narrowed, quoted
from kring.mail import life, mailbox, outbox, personal, servers, stencils, suppression
from kring.mail.models import Kind, MailServer, Message, MessageQuerySet, MessageState, ReturnBox, Suppression
from kring.newsletters import hearing

S = MessageState
PER_PAGE = 50
MAX_LISTED = 5000
# So long after its time a mail may still stand in the outbox before anybody has to know.
LONG = dt.timedelta(minutes=15)
PILLS = {
    MessageState.QUEUED: "wait",
    MessageState.SENDING: "busy",
    MessageState.SENT: "good",
    MessageState.BOUNCED: "alert",
    MessageState.FAILED: "alert",
    MessageState.HELD: "alert",
}
TO_LOOK_AT = "aandacht"
# Those in which a message stays for some time.
SHOWN = [S.QUEUED, S.PAUSED, S.SENT, S.BOUNCED, S.FAILED, S.HELD, S.SUPPRESSED, S.EXPIRED, S.CANCELLED]
STATES: Labels = [
    (TO_LOOK_AT, gettext_lazy("Kwam niet aan")),
    *((state.value, state.label) for state in SHOWN),
]
# The names of what can be done, as they stand in the address.
STEPS = {"opnieuw": "retry", "stoppen": "stop", "afgehandeld": "deal_with", "afmelden": "leave"}
DONE = {
    "retry": gettext_lazy("De mail staat weer in de rij."),
    "stop": gettext_lazy("De mail gaat niet meer weg."),
    "deal_with": gettext_lazy("Dit vraagt geen aandacht meer."),
    "leave": gettext_lazy("De lezer krijgt dit soort mail niet meer."),
}
BY_COMPLAINT = gettext_lazy(
    "Dit adres meldde onze mail als ongewenst, of wil deze mail niet meer. Alleen de lezer kan dat veranderen."
)


@access.board
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What was sent, narrowed by words, state and kind."""
    choices = [
        Choices("stand", gettext_lazy("Stand"), STATES),
        Choices("soort", gettext_lazy("Soort"), [(kind.value, kind.label) for kind in Kind]),
    ]
    narrowed = Narrowed(request.GET, choices, words={"q": quoted})
    now = timezone.now()
    waits = outbox.oldest_due(now)
    page = Paginator(found(narrowed)[:MAX_LISTED], PER_PAGE).get_page(narrowed.page)
    shown = {
        "page": page,
        "rows": [{"message": message, "pill": pill(message)} for message in page.object_list],
        "narrowed": narrowed,
        "besides": narrowed.besides("q"),
        "states": narrowed.ways("stand"),
        "kinds": narrowed.ways("soort"),
        "server": MailServer.objects.filter(host=servers.host(), away_since__isnull=False).first(),
        "box": ReturnBox.objects.filter(name=mailbox.name()).failing(now).first(),
        "waits_since": now - waits if waits > LONG else None,
    }
    return render(request, "board/mail.html", shown)


def found(narrowed: Narrowed) -> MessageQuerySet:
    listed = life.looked_for(narrowed.words["q"])
    states, kinds = narrowed.chosen.get("stand"), narrowed.chosen.get("soort")
    if states:
        listed = listed.to_look_at() if TO_LOOK_AT in states else listed.filter(state__in=states)
    return listed.filter(kind__in=kinds) if kinds else listed


def pill(message: Message) -> str:
    return PILLS.get(MessageState(message.state), "draft")


@access.board
@require_safe
def message(request: HttpRequest, uuid: str) -> HttpResponse:
    """The life of one mail; its text only for who may read it."""
    told = get_object_or_404(Message.objects.select_related("stencil", "user"), uuid=uuid)
    may_read = life.may_read(access.user_of(request), told)
    trouble = life.trouble_of(told.email)
    shown = {
        "message": told,
        "pill": pill(told),
        "facts": facts(told),
        "events": life.story(told),
        "trouble": trouble,
        "is_complaint": trouble is not None and trouble.reason == Suppression.Reason.COMPLAINT,
        "steps": life.steps_of(told),
        "is_closed": life.may_go_again(told) and suppression.is_closed(told.email, told.kind),
        "has_left": suppression.is_left(told.email, told.kind),
        "text": personal.without_keys(stencils.body(told).text) if may_read else "",
    }
    return render(request, "board/mail_message.html", shown)


def facts(message: Message) -> list[dict[str, Any]]:
    told = [
        (_("Aan"), f"{message.name} <{message.email}>" if message.name else message.email),
        (_("Soort"), message.get_kind_display()),
        (_("Mail"), message.template),
        (_("Taal"), message.language),
        (_("Pogingen"), str(message.attempts) if message.attempts else ""),
        (_("Wat de server zei"), message.error or message.smtp_reply),
        (_("Kenmerk"), message.message_id),
    ]
    return [{"label": label, "value": value} for label, value in told if value]


@access.board
@require_POST
def step(request: HttpRequest, uuid: str, name: str) -> HttpResponse:
    """Once more, no more, dealt with, or no such mail any more for who asked that."""
    told = get_object_or_404(Message, uuid=uuid)
    sentence, is_done = mended(told, name, access.user_of(request))
    (messages.success if is_done else messages.info)(request, sentence)
    return redirect("board:mail_message", uuid)


def mended(told: Message, name: str, by: User) -> tuple[str, bool]:
    """Takes a step with a message; what to say of it, and whether it was taken. Raises Http404 for no step."""
    verb = STEPS.get(name)
    if verb is None:
        raise Http404
    try:
        with transaction.atomic():
            life.STEPS[verb](told, by, timezone.now())
            if verb == "leave" and told.kind == Kind.NEWSLETTER:
                hearing.left_on_request(told, timezone.now())
    except life.StepNotAllowed:
        is_closed = verb == "retry" and suppression.is_closed(told.email, told.kind)
        return str(BY_COMPLAINT if is_closed else _("Dat kan nu niet meer: kijk hoe het ervoor staat.")), False
    return str(DONE[verb]), True


@access.board
@require_POST
def try_now(request: HttpRequest) -> HttpResponse:
    """The mail server took nothing; the board thinks that it does again."""
    if servers.try_now(timezone.now()):
        outbox.wake()
    messages.success(request, _("We proberen het meteen opnieuw."))
    return redirect("board:mail")
