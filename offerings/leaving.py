"""What an organisation that leaves the circle still has on the card."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from members import belonging
from members.belonging import Consequence
from members.models import Organisation
from offerings.models import Offering


def on_the_card(organisation: Organisation) -> list[Consequence]:
    number = Offering.objects.published(timezone.localdate()).filter(organisation=organisation).count()
    if not number:
        return []
    sentence = ngettext(
        "%(number)d aanbod gaat na de laatste dag van de menukaart.",
        "%(number)d keer aanbod gaat na de laatste dag van de menukaart.",
        number,
    )
    by_name = ngettext(
        "%(number)d aanbod van %(name)s gaat na de laatste dag van de menukaart.",
        "%(number)d keer aanbod van %(name)s gaat na de laatste dag van de menukaart.",
        number,
    )
    words = {"number": number, "name": organisation}
    return [Consequence(sentence % words, by_name % words, reverse("offerings:mine", args=[organisation.slug]))]


belonging.register(on_the_card)
