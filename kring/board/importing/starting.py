"""A list comes in, and its task is woken. The clock wakes it too: a broker that is away delays, and loses nothing."""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max, Min
from django.db.models.functions import Left
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from kring.accounts.models import User
from kring.board.importing.reading import tidy
from kring.board.models import Import, ImportFile, ImportKind
from kring.foundation.forms import clean_text
from kring.foundation.models import Circle
from members.models import Organisation

logger = logging.getLogger(__name__)

BROKER_SECONDS = 0.5
# More lists than this nobody is working on.
MOST_OPEN = 20


class TooMany(Exception):
    """So many lists lie here that the board first has to do something with those."""


@transaction.atomic
def begin(kind: str, file: UploadedFile[Any], content: bytes, by: User, at: dt.datetime, *, once: uuid.UUID) -> Import:
    """Keeps the file, to be read by a task. The same `once` gives what was begun before. Raises TooMany."""
    if Import.objects.unwritten().count() >= MOST_OPEN:
        raise TooMany
    name = tidy(clean_text(file.name or ""))[-120:] or "lijst"
    made = Import(once=once, kind=kind, file_name=name, uploaded_by=by, created_at=at, wishes=usual_wishes(kind))
    Import.objects.bulk_create([made], ignore_conflicts=True)
    stored = Import.objects.get(once=once, uploaded_by=by)
    if stored.uuid == made.uuid:
        ImportFile.objects.create(source=stored, content=content)
        wake_on_commit(stored)
    return stored


def usual_wishes(kind: str) -> dict[str, Any]:
    """As the board had it the last time, else what fits this kind of list. Mail is asked for anew every time."""
    chosen = Import.objects.filter(kind=kind).exclude(mapping=None).order_by("-pk")
    if last := chosen.values_list("wishes", flat=True).first():
        return {**last, "invite": False}
    is_of_business = kind == ImportKind.BUSINESSES
    return {
        "overwrite": True,
        "list_them": is_of_business,
        "of_partner": is_of_business,
        "invite": False,
        "postcodes": postcodes_here(),
    }


def postcodes_here() -> list[int] | None:
    """The digits between which the postcodes of the city lie, as far as the circle knows the city."""
    here = Organisation.objects.filter(city__iexact=Circle.current().city).exclude(postcode="")
    span = here.annotate(digits=Left("postcode", 4)).aggregate(first=Min("digits"), last=Max("digits"))
    return [int(span["first"]), int(span["last"])] if span["first"] else None


def wake_on_commit(found: Import) -> None:
    transaction.on_commit(lambda: wake(found.pk))


def wake(number: int) -> None:
    """Asks a worker to go on with an import. A broker that is away is not waited for."""
    from kring.board.tasks import carry_on  # the task works with this room's modules

    given = carry_on.app.conf.broker_transport_options
    quick = {"socket_timeout": BROKER_SECONDS, "socket_connect_timeout": BROKER_SECONDS, "max_retries": 0}
    try:
        with carry_on.app.connection_for_write(transport_options={**given, **quick}) as line:
            carry_on.apply_async((number,), connection=line, retry=False)  # type: ignore[call-arg]
    except (OperationalError, RedisError, OSError) as error:
        logger.warning("broker is away, the clock will go on with the import: %s", error)
