"""A new offering that starts as another one is."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from offerings.forms import free_slug
from offerings.models import Offering, OfferingState


def copy(offering: Offering, once: uuid.UUID, today: dt.date) -> Offering:
    """A draft with all that the offering says, and a photo of its own. The same `once` again gives the same copy."""
    made = Offering.objects.filter(once=once, organisation=offering.organisation_id).first()
    if made is not None:
        return made
    copied = Offering.objects.get(pk=offering.pk)
    copied.pk, copied.uuid, copied.once = None, uuid.uuid4(), once
    copied.title = (_("Kopie van %(title)s") % {"title": offering.title})[:100]
    copied.slug = free_slug(copied.title)
    copied.state = OfferingState.DRAFT
    copied.published_on = copied.paused_until = copied.archived_on = None
    copied.version, copied.created_at = 0, timezone.now()
    if offering.photo:
        with offering.photo.open() as picture:
            copied.photo = ContentFile(picture.read(), name=f"{uuid.uuid4().hex}.webp")
    try:
        with transaction.atomic():
            copied.keep(today)
    except IntegrityError:
        made = Offering.objects.filter(once=once, organisation=offering.organisation_id).first()
        if made is not None:  # the other press of the button was a moment earlier
            return made
        # Somebody else took the address a moment ago, or has this key.
        copied.once, copied.slug = uuid.uuid4(), f"{copied.slug[:80]}-{secrets.token_hex(4)}"
        copied.keep(today)
    return copied
