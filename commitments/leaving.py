"""What an organisation that leaves the circle has still promised, or was promised."""

from __future__ import annotations

from django.utils.translation import gettext as _

from commitments.models import Commitment
from kring.foundation.models import Circle
from kring.foundation.wording import day_date
from members import belonging
from members.belonging import Consequence
from members.models import Organisation

SHOWN = 20


def promises(organisation: Organisation) -> list[Consequence]:
    """Each open commitment: a membership ends, a promise does not."""
    found = Commitment.objects.open().with_party(organisation).select_related("promisor", "beneficiary")
    return [Consequence(_sentence(each, organisation), each.get_absolute_url()) for each in found[:SHOWN]]


def _sentence(commitment: Commitment, organisation: Organisation) -> str:
    words = {
        "title": commitment.title,
        "promisor": commitment.promisor,
        "beneficiary": commitment.beneficiary or Circle.current().name,
        "day": day_date(commitment.due_on),
    }
    if commitment.promisor_id == organisation.pk:
        return (
            _("Jullie beloofden ‘%(title)s’ aan %(beneficiary)s, voor %(day)s. Maak het af of geef het terug.") % words
        )
    return _("%(promisor)s beloofde jullie ‘%(title)s’, voor %(day)s. Dat blijft staan.") % words


belonging.register(promises)
