"""What this room keeps of people."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import Case, Q, QuerySet, When
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.translation import gettext_lazy

from kring.accounts.models import User
from kring.foundation.personal import Basis, Kept, declare_impersonal, register
from kring.foundation.records import Column, Section
from kring.mail import suppression
from kring.mail.models import ActionLink, Kind, Message, MessageEvent, Suppression
from kring.mail.models.stencils import fill_in

SIGNED = re.compile(r"/[^\s/~]+~[^\s/]+")
MESSAGE_FIELDS = ("user", "recipient", "email", "name", "text", "html", "calendar", "headers", "fields")


def messages(user: User) -> QuerySet[Message]:
    """With the text as long as we have it, but never a code: it opens the door."""
    own = ("text", "fields", "name", "email", "stencil__text", "stencil__mark", "stencil__places")
    told = Case(When(kind=Kind.CODE, then=None), default=JSONObject(**{each: each for each in own}))
    return Message.objects.filter(Q(user=user) | Q(email__iexact=user.email)).annotate(told=told).order_by("-pk")


def deeds(user: User) -> QuerySet[MessageEvent]:
    return MessageEvent.objects.filter(by=user).order_by("-pk")


def links(user: User) -> QuerySet[ActionLink]:
    return ActionLink.objects.filter(Q(user=user) | Q(email__iexact=user.email)).order_by("-pk")


def suppressions(user: User) -> QuerySet[Suppression]:
    return Suppression.objects.filter(address_hash__in=suppression.hashes_of(user.email)).order_by("pk")


def as_read(told: dict[str, Any] | None) -> str:
    """The text of a mail, that of a stencil with the reader's words in it; without what makes its own links work."""
    if told is None:
        return ""
    if not told["stencil__text"]:
        return without_keys(told["text"])
    own = {place: "…" if place.endswith("url") else words for place, words in told["fields"].items()}
    values = {**own, "name": told["name"], "first_name": told["name"].split(" ")[0], "email": told["email"]}
    return without_keys(fill_in(told["stencil__text"], told["stencil__mark"], told["stencil__places"], values))


def without_keys(text: str) -> str:
    """A mail holds links that act for whoever has them: shown without what makes them work.

    What rooms above this one sign, such as whose preferences these are, has a ~ in it.
    """
    ways = [reverse(name, args=["-"]).removesuffix("-/") for name in ("mail:act", "mail:leave")]
    without_own = re.sub(rf"({'|'.join(map(re.escape, ways))})[^\s/]+", r"\1…", text)
    return SIGNED.sub("/…", without_own)


register(
    Kept(
        Section(
            "messages",
            gettext_lazy("Mail aan jou"),
            messages,
            {
                "subject": "subject",
                "kind": "kind",
                "state": "state",
                "email": Column("email", gettext_lazy("aan")),
                "name": "name",
                "written_at": "created_at",
                "sent_at": "sent_at",
                "bounced_at": "bounced_at",
                "text": Column("told", gettext_lazy("tekst"), as_read),
            },
        ),
        purpose=gettext_lazy("Om je te laten weten wat er gebeurt, en te kunnen nagaan of mail is aangekomen."),
        basis=Basis.AGREEMENT,
        retention=gettext_lazy(
            "de tekst negentig dagen, een inlogcode één dag; daarna twee jaar lang dat er mail was, "
            "van een nieuwsbrief na dertig dagen zonder je naam en adres"
        ),
        covers=frozenset(f"mail.Message.{name}" for name in MESSAGE_FIELDS),
    ),
    Kept(
        Section(
            "mail_deeds",
            gettext_lazy("Wat je met verstuurde mail deed"),
            deeds,
            {"what": "what", "at": "at", "subject": "message__subject"},
        ),
        purpose=gettext_lazy("Om te kunnen nagaan wie mail opnieuw verstuurde of uit de rij haalde."),
        basis=Basis.INTEREST,
        retention=gettext_lazy("zolang we weten dat de mail er was"),
        covers=frozenset({"mail.MessageEvent.by"}),
    ),
    Kept(
        Section(
            "mail_links",
            gettext_lazy("Links in mail aan jou"),
            links,
            {
                "purpose": "purpose",
                "email": "email",
                "made_at": "created_at",
                "expires_at": "expires_at",
                "used_at": "used_at",
                "revoked_at": "revoked_at",
            },
        ),
        purpose=gettext_lazy("Om je iets te laten doen vanuit een mail, zonder inloggen."),
        basis=Basis.AGREEMENT,
        retention=gettext_lazy("tot negentig dagen nadat de link is verlopen"),
        covers=frozenset({"mail.ActionLink.user", "mail.ActionLink.email", "mail.ActionLink.name"}),
    ),
    Kept(
        Section(
            "no_mail",
            gettext_lazy("Mail die je niet krijgt"),
            suppressions,
            {"kind": "kind", "reason": "reason", "server_reply": "note", "since": "since", "lifted_at": "lifted_at"},
        ),
        purpose=gettext_lazy("Om geen mail te sturen aan wie dat niet wil of kan ontvangen."),
        basis=Basis.INTEREST,
        retention=gettext_lazy(
            "zolang het geldt, ook als je account er niet meer is: als code, zonder het adres zelf"
        ),
        covers=frozenset({"mail.Suppression.address_hash"}),
    ),
)

declare_impersonal("A mailbox of the circle itself.", "mail.ReturnBox.name")
