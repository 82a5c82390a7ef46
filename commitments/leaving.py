"""What an organisation that leaves the circle has still promised, or was promised."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commitments.models import Commitment
from kring.foundation.counting import how_many
from kring.foundation.models import Circle
from kring.foundation.wording import day_date
from members import belonging
from members.belonging import Consequence
from members.models import Organisation

SHOWN = 20


def promises(organisation: Organisation) -> list[Consequence]:
    """Each open commitment: a membership ends, a promise does not."""
    found = Commitment.objects.open().with_party(organisation)
    shown = found.annotate(total=how_many(found)).select_related("promisor", "beneficiary").order_by("due_on", "pk")
    rows: list[Any] = list(shown[:SHOWN])
    told = [_told(each, organisation) for each in rows]
    more = rows[0].total - len(rows) if rows else 0
    return [*told, _and_more(more, organisation)] if more else told


def _told(commitment: Commitment, organisation: Organisation) -> Consequence:
    words = {
        "title": commitment.title,
        "promisor": commitment.promisor,
        "beneficiary": commitment.beneficiary or Circle.current().name,
        "day": day_date(commitment.due_on),
    }
    if commitment.promisor_id == organisation.pk:
        own = _("Jullie beloofden ‘%(title)s’ aan %(beneficiary)s, voor %(day)s. Maak het af of geef het terug.")
    else:
        own = _("%(promisor)s beloofde jullie ‘%(title)s’, voor %(day)s. Dat blijft staan.")
    by_name = _("%(promisor)s beloofde ‘%(title)s’ aan %(beneficiary)s, voor %(day)s. Dat blijft staan.")
    return Consequence(own % words, by_name % words, commitment.get_absolute_url())


def _and_more(number: int, organisation: Organisation) -> Consequence:
    sentence = ngettext("En nog %(number)d toezegging.", "En nog %(number)d toezeggingen.", number) % {
        "number": number
    }
    return Consequence(sentence, sentence, f"{reverse('commitments:list')}?wie={organisation.slug}")


belonging.register(promises)
