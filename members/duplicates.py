"""Whether an organisation is here already: the same KvK number, the same domain, or a name that is much like it.

One rule for the page of an application, its row in 'Wat vraagt aandacht' and its mail. The row says what was the case
when it was sent, which is kept with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from members.models import Organisation, OrganisationKind
from members.search import Plain, plain

# How much two names are alike, of 1, to be worth a look.
ALIKE = 0.5
SHOWN = 5
MOST = 200
# At these everybody has an address; they say nothing of an organisation.
PROVIDERS = frozenset(
    """
    gmail.com googlemail.com hotmail.com hotmail.nl outlook.com outlook.nl live.nl live.com msn.com icloud.com me.com
    yahoo.com yahoo.nl ziggo.nl kpnmail.nl kpnplanet.nl planet.nl hetnet.nl home.nl upcmail.nl chello.nl quicknet.nl
    casema.nl xs4all.nl telfort.nl tele2.nl solcon.nl caiway.nl online.nl versatel.nl proton.me protonmail.com
    facebook.com instagram.com linkedin.com wordpress.com sites.google.com jouwweb.nl
    """.split()  # noqa: SIM905 - one to a line would fill a page
)


REASONS: dict[str, str | Promise] = {
    "number": _("hetzelfde KvK-nummer"),
    "domain": _("hetzelfde webadres of maildomein"),
    "name": _("bijna dezelfde naam"),
}


@dataclass(frozen=True)
class Likeness:
    """`reasons` are keys of REASONS."""

    organisation: Organisation
    reasons: list[str]

    @property
    def why(self) -> str:
        return _in_words(self.reasons)

    def as_json(self) -> dict[str, Any]:
        """To be kept, and told by `in_words` in the language of whoever reads it."""
        return {"name": self.organisation.name, "reasons": self.reasons}


def in_words(kept: dict[str, Any]) -> str:
    """Such as 'Koor De Golfslag: hetzelfde KvK-nummer'."""
    return f"{kept['name']}: {_in_words(kept['reasons'])}"


def _in_words(reasons: list[str]) -> str:
    return ", ".join(str(REASONS[reason]) for reason in reasons)


def domain_of(address: str) -> str:
    """The domain of an e-mail address or a web address that belongs to one organisation; nothing for a provider's."""
    host = address.rsplit("@", 1)[1] if "@" in address else urlsplit(address).hostname or ""
    domain = host.lower().removeprefix("www.").strip(".")
    return "" if domain in PROVIDERS else domain


def likely(organisation: Organisation, *, writer: str = "") -> list[Likeness]:
    """Others that may be the same, the surest first, each with why. `writer` is the address of who asks for it."""
    domains = {domain_of(address) for address in (organisation.email, organisation.website, writer)} - {""}
    name = plain(organisation.name)
    others = Organisation.objects.exclude(pk=organisation.pk).exclude(kind=OrganisationKind.BOARD)
    # By the index: the operator lets through what is somewhat alike, and more than ALIKE.
    alike = others.alias(plain_name=Plain("name")).filter(plain_name__trigram_similar=name)
    wanted = Q(pk__in=alike.values("pk"))
    if organisation.kvk_number:
        wanted |= Q(kvk_number=organisation.kvk_number)
    for domain in domains:
        wanted |= Q(email__iendswith=f"@{domain}") | Q(website__icontains=domain)
    near = others.filter(wanted).annotate(alike=TrigramSimilarity(Plain("name"), name)).order_by("-alike", "pk")
    found = [Likeness(each, _reasons(organisation, each, domains)) for each in near[:MOST]]
    return sorted((each for each in found if each.reasons), key=lambda each: -len(each.reasons))[:SHOWN]


def _reasons(one: Organisation, other: Organisation, domains: set[str]) -> list[str]:
    holds = {
        "number": bool(one.kvk_number) and one.kvk_number == other.kvk_number,
        "domain": bool(domains & {domain_of(other.email), domain_of(other.website)}),
        "name": getattr(other, "alike", 0) >= ALIKE,
    }
    return [reason for reason in REASONS if holds[reason]]
