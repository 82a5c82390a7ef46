"""Who may see and do what with a meeting. The board prepares and leads them; all else is by what was published."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from kring.accounts.models import User
from kring.meetings.models import Meeting, Minutes, SignUp

Anyone = User | AnonymousUser


def visible_meeting(user: Anyone, slug: str) -> Meeting:
    """Raises Http404 for one that is hidden from the user, as for none."""
    return get_object_or_404(Meeting.objects.visible_to(user).select_related("host"), slug=slug)


def board_meeting(slug: str, *, lock: bool = False) -> Meeting:
    """Any meeting, for a view that only the board comes to."""
    found = Meeting.objects.select_related("host", "current_item")
    meetings: QuerySet[Meeting] = found.select_for_update(of=("self",)) if lock else found
    return get_object_or_404(meetings, slug=slug)


def board_sign_up(meeting: Meeting, uuid: str) -> SignUp:
    """A sign-up of this meeting whose address is proven."""
    return get_object_or_404(SignUp.objects.of(meeting).real().select_related("organisation", "user"), uuid=uuid)


def readable_minutes(user: Anyone, meeting: Meeting) -> Minutes:
    """What was published to the user. Raises Http404."""
    related = ("meeting", "written_by", "approved_by")
    minutes = Minutes.objects.visible_to(user).select_related(*related).filter(meeting=meeting).first()
    if minutes is None or minutes.published_at is None:
        raise Http404
    return minutes
