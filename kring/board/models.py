"""Lists that the board brings in: the file, what is to become of each row, and what became of it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kring.accounts.models import User
from members.models import Organisation, Role

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

# So long a list waits for a yes, can be undone, and is kept to look at.
KEPT_FOR = dt.timedelta(days=14)
# A task that dies this often on the same list is not helped by another try.
MOST_ATTEMPTS = 3


class ImportKind(models.TextChoices):
    """What the rows of a list are."""

    BUSINESSES = "businesses", _("bedrijven")
    ORGANISATIONS = "organisations", _("maatschappelijke organisaties")
    PEOPLE = "people", _("mensen")


class ImportState(models.TextChoices):
    READING = "reading", _("wordt gelezen")
    REFUSED = "refused", _("niet te lezen")
    COLUMNS = "columns", _("wacht op de kolommen")
    READY = "ready", _("wacht op jullie ja")
    WRITING = "writing", _("wordt geïmporteerd")
    DONE = "done", _("geïmporteerd")
    UNDOING = "undoing", _("wordt teruggedraaid")
    UNDONE = "undone", _("teruggedraaid")


S = ImportState

# What may follow on what. Columns can be chosen again as long as nothing was written.
TRANSITIONS: dict[str, frozenset[str]] = {
    S.READING: frozenset({S.REFUSED, S.COLUMNS, S.READY}),
    S.REFUSED: frozenset(),
    S.COLUMNS: frozenset({S.READING}),
    S.READY: frozenset({S.READING, S.WRITING}),
    S.WRITING: frozenset({S.DONE}),
    S.DONE: frozenset({S.UNDOING}),
    S.UNDOING: frozenset({S.UNDONE}),
    S.UNDONE: frozenset(),
}
# In these a task is at work, or should be.
AT_WORK = (S.READING, S.WRITING, S.UNDOING)
# In these nothing was written, and the list can be thrown away.
UNWRITTEN = (S.READING, S.REFUSED, S.COLUMNS, S.READY)
FINISHED = (S.DONE, S.UNDONE)


class NotNow(Exception):
    """What was asked of an import that is somewhere else by now."""


class SeenBefore(Exception):
    """The list was read anew since the preview that somebody said yes to."""


class ImportQuerySet(models.QuerySet["Import"]):
    def at_work(self) -> ImportQuerySet:
        return self.filter(state__in=AT_WORK)

    def waiting(self) -> ImportQuerySet:
        """For somebody's yes."""
        return self.filter(state=S.READY)

    def unwritten(self) -> ImportQuerySet:
        return self.filter(state__in=UNWRITTEN)

    def forgotten(self, now: dt.datetime) -> ImportQuerySet:
        """Never said yes to, and old."""
        return self.unwritten().filter(created_at__lte=now - KEPT_FOR)

    def past_undoing(self, now: dt.datetime) -> ImportQuerySet:
        """Finished so long ago that what stood in the list is not needed any more."""
        return self.filter(state__in=FINISHED, finished_at__lte=now - KEPT_FOR).filter(
            Exists(ImportRow.objects.filter(source=OuterRef("pk")))
        )


class Import(models.Model):
    """One list, from the file to what came of it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    once = models.UUIDField(unique=True, editable=False)
    kind = models.CharField(_("wat erin staat"), max_length=13, choices=ImportKind.choices)
    file_name = models.CharField(_("bestand"), max_length=120)
    state = models.CharField(_("stand"), max_length=8, choices=ImportState.choices, default=S.READING)
    # What was made of the file.
    encoding = models.CharField(_("codering"), max_length=20, blank=True)
    delimiter = models.CharField(_("scheidingsteken"), max_length=1, blank=True)
    header = models.JSONField(_("kopjes"), default=list)
    samples = models.JSONField(_("voorbeelden"), default=list)
    skipped = models.JSONField(_("overgeslagen regels"), default=list)
    refusal = models.TextField(_("waarom niet"), blank=True)
    # What somebody chose: for each field its column, and what is to be done. None as long as nobody did.
    mapping = models.JSONField(_("kolommen"), null=True, blank=True)
    wishes = models.JSONField(_("wensen"), default=dict)
    # How far the task is, of how much; and how often it began.
    progress = models.PositiveIntegerField(default=0)
    to_do = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    # What came of the rows, also once these are erased.
    counts = models.JSONField(_("uitkomst"), default=dict)
    # Of the database: what is in one of these changed by this import, and by nothing else.
    transactions = ArrayField(models.BigIntegerField(), default=list)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("door"))
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("gemaakt"), default=timezone.now)
    read_at = models.DateTimeField(_("gelezen"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("ja gezegd"), null=True, blank=True)
    finished_at = models.DateTimeField(_("klaar"), null=True, blank=True)

    objects = ImportQuerySet.as_manager()

    if TYPE_CHECKING:
        rows: RelatedManager[ImportRow]
        file: ImportFile

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ImportKind.values), name="import_kind_known"),
            models.CheckConstraint(condition=Q(state__in=S.values), name="import_state_known"),
            models.CheckConstraint(
                condition=~Q(state__in=[S.WRITING, S.DONE, S.UNDOING, S.UNDONE])
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="import_written_after_a_yes",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("board:import", args=[self.uuid])

    @property
    def is_at_work(self) -> bool:
        return self.state in AT_WORK

    @property
    def is_unwritten(self) -> bool:
        return self.state in UNWRITTEN

    @property
    def undo_until(self) -> dt.datetime | None:
        return self.finished_at + KEPT_FOR if self.finished_at and self.state == S.DONE else None

    def may_undo(self, now: dt.datetime) -> bool:
        return self.undo_until is not None and now < self.undo_until

    # --- Verbs. Each locks the row: of two at once the second finds out. ---

    @transaction.atomic
    def choose(self, mapping: dict[str, int], wishes: dict[str, Any]) -> None:
        """Other columns, or other wishes: the list is read anew. Raises NotNow."""
        self._move(S.READING, mapping=mapping, wishes=wishes)

    @transaction.atomic
    def confirm(self, by: User, at: dt.datetime, *, seen: str) -> None:
        """Yes to the preview that was read at `seen`. Raises NotNow, SeenBefore."""
        stored = self._locked()
        if stored.state == S.READY and stored.seen != seen:
            raise SeenBefore
        self._move(S.WRITING, confirmed_by=by, confirmed_at=at, to_do=ImportRow.objects.of(self).to_write().count())

    @transaction.atomic
    def undo(self, by: User, at: dt.datetime) -> None:
        """Raises NotNow, also when it is too late."""
        if not self._locked().may_undo(at):
            raise NotNow
        self._move(S.UNDOING, undone_by=by, to_do=ImportRow.objects.of(self).written().count())

    @transaction.atomic
    def throw_away(self) -> None:
        """With all that stands in it. Raises NotNow for one that was written."""
        stored = self._locked()
        if not stored.is_unwritten:
            raise NotNow
        stored.rows.all().delete()
        stored.delete()

    # --- Of the tasks ---

    @transaction.atomic
    def refuse(self, reason: str) -> None:
        self.rows.all().delete()
        ImportFile.objects.filter(source=self).delete()
        self._move(S.REFUSED, refusal=reason)

    @transaction.atomic
    def ask_for_columns(self) -> None:
        self._move(S.COLUMNS, header=self.header, samples=self.samples)

    @transaction.atomic
    def lay_before(self, at: dt.datetime, *, skipped: list[dict[str, Any]]) -> None:
        """All was read; now it is for the board to say yes."""
        self._move(S.READY, read_at=at, skipped=skipped, counts=ImportRow.objects.of(self).tally())

    @transaction.atomic
    def finish(self, at: dt.datetime) -> None:
        """All is written, or taken back. The file has done its work."""
        ImportFile.objects.filter(source=self).delete()
        to = S.UNDONE if self.state == S.UNDOING else S.DONE
        self._move(to, finished_at=at, counts=ImportRow.objects.of(self).tally())

    def note_progress(self, rows: int, own: int) -> None:
        """So many rows more, in the transaction with this number. The caller holds the lock."""
        self.progress += rows
        self.transactions = [*self.transactions, own]
        self.save(update_fields=["progress", "transactions"])

    @property
    def seen(self) -> str:
        """Names a reading of the list, so that a yes is to what was shown."""
        return self.read_at.isoformat() if self.read_at else ""

    def _locked(self) -> Import:
        stored = Import.objects.select_for_update(of=("self",)).filter(pk=self.pk).first()
        if stored is None:
            raise NotNow
        return stored

    def _move(self, to: str, **changes: Any) -> None:
        stored = self._locked()
        if stored.state != self.state or to not in TRANSITIONS[stored.state]:
            raise NotNow
        changes |= {"state": to, "attempts": 0, "progress": 0}
        for name, value in changes.items():
            setattr(self, name, value)
        self.save(update_fields=list(changes))


class ImportFile(models.Model):
    """What was uploaded, as it came: in the database, where web and worker both find it and nobody can ask for it."""

    source = models.OneToOneField(Import, models.CASCADE, related_name="file")
    content = models.BinaryField()

    class Meta:
        verbose_name = _("bestand van een import")
        verbose_name_plural = _("bestanden van imports")

    def __str__(self) -> str:
        return str(self.source_id)


class Outcome(models.TextChoices):
    """What is to become of a row."""

    NEW = "new", _("nieuw")
    CHANGED = "changed", _("verandert")
    SAME = "same", _("blijft gelijk")
    DUPLICATE = "duplicate", _("dubbel")
    ERROR = "error", _("fout")


class Choice(models.TextChoices):
    """What somebody chose for a row that is like something here."""

    NEW = "new", _("toch nieuw")
    UPDATE = "update", _("werk bij")


class Result(models.TextChoices):
    """What became of it."""

    MADE = "made", _("toegevoegd")
    UPDATED = "updated", _("bijgewerkt")
    PASSED = "passed", _("overgeslagen")
    UNDONE = "undone", _("teruggedraaid")
    KEPT = "kept", _("blijft staan")


class ImportRowQuerySet(models.QuerySet["ImportRow"]):
    def of(self, source: Import) -> ImportRowQuerySet:
        return self.filter(source=source)

    def to_write(self) -> ImportRowQuerySet:
        """What a yes would write."""
        return self.filter(Q(outcome__in=[Outcome.NEW, Outcome.CHANGED]) | ~Q(choice=""), result="")

    def written(self) -> ImportRowQuerySet:
        """Done, and not undone."""
        return self.filter(result__in=[Result.MADE, Result.UPDATED])

    def to_choose(self) -> ImportRowQuerySet:
        """Like something here: somebody says whether it is the same, or chose already."""
        return self.filter(outcome=Outcome.DUPLICATE, organisation__isnull=False)

    def with_remarks(self) -> ImportRowQuerySet:
        return self.exclude(notes=[])

    def tally(self) -> dict[str, int]:
        """How many rows there are of each outcome and of each result, and with remarks."""
        return {key: number for key, number in self.aggregate(**COUNTED).items() if number}


COUNTED = {
    "rows": Count("pk"),
    **{each.value: Count("pk", filter=Q(outcome=each)) for each in Outcome},
    **{f"was_{each.value}": Count("pk", filter=Q(result=each)) for each in Result},
    "chosen": Count("pk", filter=~Q(choice="")),
    "alike": Count("pk", filter=Q(outcome=Outcome.DUPLICATE, organisation__isnull=False)),
    "remarks": Count("pk", filter=~Q(notes=[])),
}


class ImportRow(models.Model):
    """One row with something in it: as it was typed, what was made of it, and what was done."""

    source = models.ForeignKey(Import, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(_("rij"))
    line = models.PositiveIntegerField(_("regel"))
    cells = models.JSONField(_("cellen"), default=list)
    values = models.JSONField(_("waarden"), default=dict)
    # What the list itself says of it (importing/notes.py), and beside which of its rows it is shown.
    verdict = models.CharField(_("oordeel"), max_length=20)
    notes = models.JSONField(_("opmerkingen"), default=list)
    twins = models.JSONField(_("staat naast"), default=dict)
    # What it is beside what is here.
    outcome = models.CharField(_("uitkomst"), max_length=9, choices=Outcome.choices)
    likeness = models.CharField(_("lijkt op"), max_length=20, blank=True)
    differences = models.JSONField(_("verschillen"), default=list)
    choice = models.CharField(_("keuze"), max_length=6, choices=Choice.choices, blank=True)
    # What it is about: found here, or made by this import.
    organisation = models.ForeignKey(Organisation, models.SET_NULL, null=True, blank=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    # What was done, and what is needed to undo it.
    result = models.CharField(_("resultaat"), max_length=7, choices=Result.choices, blank=True)
    why = models.CharField(_("waarom"), max_length=20, blank=True)
    role = models.ForeignKey(Role, models.SET_NULL, null=True, blank=True, related_name="+")
    former_role = models.ForeignKey(Role, models.SET_NULL, null=True, blank=True, related_name="+")
    made_account = models.BooleanField(default=False)
    last_change = models.BigIntegerField(default=0)

    objects = ImportRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("rij van een import")
        verbose_name_plural = _("rijen van imports")
        ordering = ["source", "number"]
        constraints = [
            models.UniqueConstraint(fields=["source", "number"], name="import_row_once"),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="import_outcome_known"),
            models.CheckConstraint(
                condition=Q(choice="") | Q(choice__in=Choice.values, outcome="duplicate", organisation__isnull=False),
                name="import_choice_of_a_likeness",
            ),
        ]
        indexes = [models.Index(fields=["source", "outcome", "number"], name="import_row_by_outcome")]

    def __str__(self) -> str:
        return f"{self.line}: {self.name}"

    @property
    def name(self) -> str:
        """Of the organisation or person, as far as the row tells."""
        return str(self.values.get("naam") or self.values.get("persoon") or "")

    @property
    def may_be_chosen(self) -> bool:
        """Whether it is like something here, so that somebody has to say what it is."""
        return self.outcome == Outcome.DUPLICATE and self.organisation_id is not None

    @transaction.atomic
    def decide(self, choice: str) -> None:
        """What is to be done with what is like something here; nothing when empty. Raises NotNow."""
        stored = Import.objects.select_for_update(of=("self",)).get(pk=self.source_id)
        if stored.state != S.READY or not self.may_be_chosen:
            raise NotNow
        self.choice = choice
        self.save(update_fields=["choice"])
