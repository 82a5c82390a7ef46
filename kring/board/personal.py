"""What this room keeps of people."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kring.accounts.models import User
from kring.accounts.personal import FOR_EVER
from kring.board.models import Import, ImportRow
from kring.foundation.personal import Basis, Kept, declare_impersonal, register
from kring.foundation.records import Column, Section


def imports(user: User) -> QuerySet[Import]:
    by = Q(uploaded_by=user) | Q(confirmed_by=user) | Q(undone_by=user)
    return Import.objects.filter(by).order_by("-pk")


def rows(user: User) -> QuerySet[ImportRow]:
    """Of any list that is still here."""
    about = Q(user=user) | Q(values__email=user.email) | Q(values__beheerder_email=user.email)
    return ImportRow.objects.filter(about).order_by("-pk")


register(
    Kept(
        Section(
            "imports",
            _("Lijsten die jij importeerde"),
            imports,
            {
                "file": "file_name",
                "kind": "kind",
                "state": "state",
                "uploaded_at": "created_at",
                "confirmed_at": "confirmed_at",
                "finished_at": "finished_at",
            },
        ),
        purpose=_("Om na te kunnen gaan wie gegevens toevoegde, en een vergissing te herstellen."),
        basis=Basis.INTEREST,
        retention=FOR_EVER,
        covers=frozenset(f"board.Import.{name}" for name in ("uploaded_by", "confirmed_by", "undone_by", "file_name")),
    ),
    Kept(
        Section(
            "imported_rows",
            _("Wat er in een lijst over jou stond"),
            rows,
            {
                "list": Column("source__file_name", _("lijst")),
                "row": "number",
                "values": "values",
                "outcome": "outcome",
                "result": "result",
            },
        ),
        purpose=_("Om een lijst van leden of bedrijven over te nemen, en dat terug te kunnen draaien."),
        basis=Basis.INTEREST,
        retention=_("tot veertien dagen na de import, en zonder import tot veertien dagen na het uploaden"),
        covers=frozenset(
            f"board.ImportRow.{name}" for name in ("user", "cells", "values", "notes", "twins", "differences")
        ),
    ),
)
declare_impersonal(
    "Of the list, not of somebody in it; the few cells that are shown as an example go with its rows.",
    *(
        f"board.Import.{name}"
        for name in ("header", "samples", "skipped", "refusal", "mapping", "wishes", "counts", "delimiter", "encoding")
    ),
)
