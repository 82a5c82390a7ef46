"""Whether an organisation is here already: the same KvK number, the same domain, or a name that is much like it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from members.models import Organisation
from members.search import Bare, bare

# How much two names are alike, of 1, to be worth a look.
ALIKE = 0.5
SHOWN = 5
# At these everybody has an address; they say nothing of an organisation.
PROVIDERS = frozenset(
    """
    gmail.com googlemail.com hotmail.com hotmail.nl outlook.com outlook.nl live.nl live.com msn.com icloud.com me.com
    yahoo.com yahoo.nl ziggo.nl kpnmail.nl kpnplanet.nl planet.nl hetnet.nl home.nl upcmail.nl chello.nl quicknet.nl
    casema.nl xs4all.nl telfort.nl tele2.nl solcon.nl caiway.nl online.nl versatel.nl proton.me protonmail.com
    facebook.com instagram.com linkedin.com wordpress.com sites.google.com jouwweb.nl
    """.split()  # noqa: SIM905 - one to a line would fill a page
)


@dataclass(frozen=True)
class Likeness:
    organisation: Organisation
    reasons: list[str | Promise]


def domain_of(address: str) -> str:
    """The domain of an e-mail address or a web address that belongs to one organisation; nothing for a provider's."""
    host = address.rsplit("@", 1)[1] if "@" in address else urlsplit(address).hostname or ""
    domain = host.lower().removeprefix("www.").strip(".")
    return "" if domain in PROVIDERS else domain


def likely(organisation: Organisation) -> list[Likeness]:
    """Others that may be the same, the surest first, each with why."""
    domains = {domain_of(organisation.email), domain_of(organisation.website)} - {""}
    name = bare(organisation.name)
    wanted = Q(alike__gte=ALIKE)
    if organisation.kvk_number:
        wanted |= Q(kvk_number=organisation.kvk_number)
    for domain in domains:
        wanted |= Q(email__iendswith=f"@{domain}") | Q(website__icontains=domain)
    others = Organisation.objects.exclude(pk=organisation.pk).annotate(alike=TrigramSimilarity(Bare("name"), name))
    found = [Likeness(each, _reasons(organisation, each, domains)) for each in others.filter(wanted)[:200]]
    found = [each for each in found if each.reasons]
    return sorted(found, key=lambda each: -len(each.reasons))[:SHOWN]


def _reasons(one: Organisation, other: Organisation, domains: set[str]) -> list[str | Promise]:
    same_domain = domains & {domain_of(other.email), domain_of(other.website)}
    reasons = [
        (one.kvk_number and one.kvk_number == other.kvk_number, _("hetzelfde KvK-nummer")),
        (bool(same_domain), _("hetzelfde webadres of maildomein")),
        (getattr(other, "alike", 0) >= ALIKE, _("bijna dezelfde naam")),
    ]
    return [reason for holds, reason in reasons if holds]
