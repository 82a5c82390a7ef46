"""What the record of an organisation holds of this room."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kring.foundation.records import Column, Section
from kring.meetings.models import Meeting, Outcome, SignUp
from members import record_parts
from members.models import Organisation


def attendance(organisation: Organisation) -> QuerySet[SignUp]:
    """Where people came in its name; who they were is theirs."""
    return SignUp.objects.real().filter(organisation=organisation).order_by("-created_at", "-pk")


def outcomes(organisation: Organisation) -> QuerySet[Outcome]:
    return Outcome.objects.filter(organisation=organisation).order_by("-at", "-pk")


def hosted(organisation: Organisation) -> QuerySet[Meeting]:
    return Meeting.objects.shown().filter(host=organisation).order_by("-starts_at", "-pk")


MEETING = Column("meeting__title", _("bijeenkomst"))

record_parts.register(
    Section(
        "meetings_attended",
        _("Bijeenkomsten waar iemand van jullie zich aanmeldde"),
        attendance,
        {"meeting": MEETING, "people": "people", "state": "state", "came": "came", "signed_up_at": "created_at"},
    ),
    Section(
        "meeting_outcomes",
        _("Wat jullie op bijeenkomsten zeiden te doen"),
        outcomes,
        {"meeting": MEETING, "kind": "kind", "text": "text", "due_on": "due_on", "state": "action_state", "at": "at"},
    ),
    Section(
        "meetings_hosted",
        _("Bijeenkomsten waar jullie gastheer van waren"),
        hosted,
        {"title": "title", "starts_at": "starts_at", "venue": "venue", "state": "state"},
    ),
)
