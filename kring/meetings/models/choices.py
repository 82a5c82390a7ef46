"""What a meeting, a sign-up and an outcome can be, and which step may follow on which."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class MeetingState(models.TextChoices):
    DRAFT = "draft", _("concept")
    PUBLISHED = "published", _("gepubliceerd")
    HELD = "held", _("geweest")
    CANCELLED = "cancelled", _("gaat niet door")


TRANSITIONS: dict[str, frozenset[str]] = {
    MeetingState.DRAFT: frozenset({MeetingState.PUBLISHED, MeetingState.CANCELLED}),
    MeetingState.PUBLISHED: frozenset({MeetingState.HELD, MeetingState.CANCELLED}),
    MeetingState.HELD: frozenset(),
    MeetingState.CANCELLED: frozenset(),
}


class MeetingKind(models.TextChoices):
    ACQUAINTANCE = "acquaintance", _("kennismaking")
    MEMBERS = "members", _("ledenbijeenkomst")
    GENERAL = "general", _("ledenvergadering")
    EXCHANGE = "exchange", _("beursvloer")
    THEME = "theme", _("themabijeenkomst")


class Openness(models.TextChoices):
    PUBLIC = "public", _("iedereen")
    MEMBERS = "members", _("leden en bedrijven van de kring")


class ItemKind(models.TextChoices):
    EXPLANATION = "explanation", _("toelichting")
    ACQUAINTANCE = "acquaintance", _("kennismaken")
    BRAINSTORM = "brainstorm", _("brainstorm")
    PLEDGES = "pledges", _("toezeggingen")
    DECISION = "decision", _("besluit")
    CLOSING = "closing", _("afsluiting")


class Fill(models.TextChoices):
    """What an agenda item is filled with by itself."""

    ACTIONS = "actions", _("wat er kwam van de actiepunten")
    COMMITMENTS = "commitments", _("toezeggingen die aandacht vragen")


class SignUpState(models.TextChoices):
    UNCONFIRMED = "unconfirmed", _("wacht op bevestiging")
    GOING = "going", _("komt")
    WAITING = "waiting", _("op de wachtlijst")
    OFFERED = "offered", _("plek aangeboden")
    CANCELLED = "cancelled", _("afgemeld")
    LAPSED = "lapsed", _("aanbod verlopen")


# Who has a place: it may still be given back.
SEATED = (SignUpState.GOING, SignUpState.OFFERED)
# Who takes part in the division of places; an address does so once in a meeting.
ACTIVE = (*SEATED, SignUpState.WAITING)


class OutcomeKind(models.TextChoices):
    PLEDGE = "pledge", _("toezegging")
    ACTION = "action", _("actiepunt")
    IDEA = "idea", _("idee")
    DECISION = "decision", _("besluit")


class ActionState(models.TextChoices):
    OPEN = "open", _("open")
    DONE = "done", _("gedaan")
    DROPPED = "dropped", _("vervallen")


class MinutesAudience(models.TextChoices):
    PUBLIC = "public", _("iedereen")
    MEMBERS = "members", _("wie er was, en de leden en bedrijven van de kring")
    PRESENT = "present", _("alleen wie er was")


class StepNotAllowed(Exception):
    """A meeting, sign-up or text was asked to take a step that its state does not have."""


class Full(Exception):
    """There are fewer places left than somebody asks for."""

    def __init__(self, free: int) -> None:
        super().__init__(f"{free} places left")
        self.free = free


class SamePerson(Exception):
    """Minutes are approved by another than who wrote them."""
