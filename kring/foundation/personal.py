"""What is kept of people: why, on what ground and how long; all of it for the one it is about; and who sees it.

Each room registers its own part, from AppConfig.ready(). A test walks all models and fails on a field that looks
personal and stands in no registration. The register on the privacy page is made of the same (AVG, article 30).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db import models
from django.utils.translation import gettext_lazy as _

from kring.foundation.records import Section, Text

if TYPE_CHECKING:
    from kring.accounts.models import User


class Basis(models.TextChoices):
    """The grounds of AVG, article 6, that we use."""

    AGREEMENT = "agreement", _("nodig om mee te kunnen doen (overeenkomst)")
    CONSENT = "consent", _("jij hebt het ons gegeven en mag het intrekken (toestemming)")
    INTEREST = "interest", _("nodig om de kring eerlijk en veilig te houden (gerechtvaardigd belang)")
    LAW = "law", _("de wet vraagt het")


@dataclass(frozen=True)
class Kept:
    """One kind of data of people. `covers` names the fields of our models that hold it: 'members.Role.user'."""

    section: Section
    purpose: Text
    basis: Basis
    retention: Text
    covers: frozenset[str]

    def as_data(self, subject: Any) -> dict[str, Any]:
        why = {"purpose": str(self.purpose), "basis": self.basis.value, "retention": str(self.retention)}
        return {**why, "rows": self.section.rows(subject)}


_kept: list[Kept] = []
_impersonal: dict[str, str] = {}


def register(*kept: Kept) -> None:
    known = {each.section.key for each in _kept}
    _kept.extend(each for each in kept if each.section.key not in known)


def declare_impersonal(reason: str, *fields: str) -> None:
    """Fields that only look personal, such as the name of an organisation."""
    _impersonal.update(dict.fromkeys(fields, reason))


def everything() -> list[Kept]:
    return list(_kept)


def declared_impersonal() -> dict[str, str]:
    return dict(_impersonal)


# --- What looks personal ---------------------------------------------------------------------------------------------

MARKS = {"name", "email", "phone", "address", "street", "postcode", "ip", "agent", "birth", "recipient", "password"}
WRITTEN = (models.TextField, models.JSONField)


def fields_of(model: type[models.Model]) -> Iterator[models.Field[Any, Any]]:
    yield from model._meta.concrete_fields  # noqa: SLF001 - public in Django


def is_about_somebody(each: models.Field[Any, Any]) -> bool:
    """By its type, by a word in its name, or as it leads to a user."""
    if each.is_relation:
        return each.related_model is get_user_model()
    if isinstance(each, models.EmailField | models.GenericIPAddressField):
        return True
    written = isinstance(each, models.CharField | models.TextField)
    return written and not MARKS.isdisjoint(each.name.split("_"))


def looks_personal(model: type[models.Model]) -> set[str]:
    """The fields that are about somebody, and with them what that somebody wrote."""
    about = {each.name for each in fields_of(model) if is_about_somebody(each)}
    written = {each.name for each in fields_of(model) if isinstance(each, WRITTEN)} if about else set()
    return {f"{model._meta.label}.{name}" for name in about | written}  # noqa: SLF001 - public in Django


def unregistered(every: Iterable[type[models.Model]]) -> set[str]:
    """What looks personal, and nobody said why we keep it."""
    covered = {name for kept in _kept for name in kept.covers}
    return {name for model in every for name in looks_personal(model)} - covered - _impersonal.keys()


# --- Who sees it -----------------------------------------------------------------------------------------------------


class Datum(models.TextChoices):
    NAME = "name", _("Je naam")
    EMAIL = "email", _("Je e-mailadres")
    PHONE = "phone", _("Je telefoonnummer")
    ENQUIRIES = "enquiries", _("Wat je schreef in aanvragen")
    NEEDS = "needs", _("Wat je eet of nodig hebt op een bijeenkomst")
    MAIL = "mail", _("Welke mail je kreeg")
    SIGN_INS = "sign_ins", _("Waar je bent ingelogd, en je tweede stap")


@dataclass(frozen=True)
class Sight:
    """Some who see one thing of somebody, and where. `people` are keys of users, with how each is named.

    Those who hold an office are named once for all (kring/accounts/seeing.py).
    """

    datum: Datum
    where: str
    people: dict[int, str] = field(default_factory=dict)
    board: bool = False
    administrators: bool = False
    everyone: bool = False
    url: str = ""
    change_url: str = ""


Sees = Callable[["User", dt.date], list[Sight]]

_sees: list[Sees] = []


def register_sight(sees: Sees) -> None:
    """`sees` tells who sees something of a user today, from the querysets that the pages use."""
    if sees not in _sees:
        _sees.append(sees)


def sights(user: User, today: dt.date) -> list[Sight]:
    return [sight for see in _sees for sight in see(user, today)]
