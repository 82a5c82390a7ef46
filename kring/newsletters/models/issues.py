from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import connection, models, transaction
from django.db.models import Case, F, Max, OuterRef, Q, Subquery, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from kring.accounts.access import is_board
from kring.foundation import news
from kring.foundation.actors import Actor
from kring.foundation.trail import Trace
from kring.newsletters.models.audiences import Archive, Audience
from members.models import Organisation

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

    from kring.accounts.models import User

# Ours among the advisory locks of the database: the first of two keys.
NUMBERING = 0x4E554D52
MOST_BLOCKS = 20
MOST_ITEMS = 12
TEXT = "text"  # the kind of a block that somebody writes; the others are the slugs of kring.foundation.news


class IssueState(models.TextChoices):
    DRAFT = "draft", _("concept")
    SCHEDULED = "scheduled", _("ingepland")
    SENDING = "sending", _("wordt verstuurd")
    PAUSED = "paused", _("staat even stil")
    SENT = "sent", _("verstuurd")
    STOPPED = "stopped", _("gestopt")
    DISCARDED = "discarded", _("weggegooid")


S = IssueState
TRANSITIONS: dict[str, frozenset[str]] = {
    S.DRAFT: frozenset({S.SCHEDULED, S.SENDING, S.DISCARDED}),
    S.SCHEDULED: frozenset({S.DRAFT, S.SENDING}),
    S.SENDING: frozenset({S.PAUSED, S.SENT, S.STOPPED}),
    S.PAUSED: frozenset({S.SENDING, S.STOPPED}),
    S.SENT: frozenset(),
    S.STOPPED: frozenset(),
    S.DISCARDED: frozenset(),
}
OUT = (S.SENDING, S.PAUSED, S.SENT)
# The clock looks every few seconds: what did not go so long after its time does not go by itself.
OVERDUE_AFTER = dt.timedelta(hours=1)


class StepNotAllowed(Exception):
    """An issue was asked to take a step that its state does not have."""


class IssueQuerySet(models.QuerySet["Issue"]):
    def out(self) -> IssueQuerySet:
        """On their way to readers, or with them; not one that was taken back half-way."""
        return self.filter(state__in=OUT)

    def not_discarded(self) -> IssueQuerySet:
        return self.exclude(state=S.DISCARDED)

    def to_begin(self, now: dt.datetime) -> IssueQuerySet:
        """Scheduled, and their time has come."""
        return self.filter(state=S.SCHEDULED, scheduled_at__lte=now)

    def overdue(self, now: dt.datetime) -> IssueQuerySet:
        """Their time came a while ago, and something keeps them back that nobody was told of."""
        return self.to_begin(now - OVERDUE_AFTER)

    def scheduled_for(self, audience: Audience) -> IssueQuerySet:
        """Those that go to it by themselves, to whoever is in it by then; the first to go first."""
        return self.filter(state=S.SCHEDULED, audience=audience.pk).order_by("scheduled_at")

    def with_why_not(self) -> IssueQuerySet:
        """With `why_not`: of a draft that was to go by itself, and could not, what its last step says of that."""
        told = Case(
            When(before=S.SCHEDULED, after=S.DRAFT, then=F("note")), default=Value(""), output_field=models.TextField()
        )
        last = IssueStep.objects.filter(issue=OuterRef("pk")).order_by("-at", "-pk").values(told=told)
        return self.annotate(why_not=Subquery(last[:1]))

    def archived(self) -> IssueQuerySet:
        """What everybody may read."""
        return self.out().filter(archive=Archive.PUBLIC)

    def visible_to(self, user: User | AnonymousUser, today: dt.date | None = None) -> IssueQuerySet:
        """The board sees all; who serves a member also what was for members alone."""
        if is_board(user):
            return self.all()
        served = Organisation.objects.served_by(user, today).members().listed(today)
        if user.is_authenticated and served.exists():
            return self.out().exclude(archive=Archive.NOWHERE)
        return self.archived()


class Issue(models.Model):
    """One newsletter: what stands in it, for whom, and how far it is on its way."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.PositiveIntegerField(_("nummer"), null=True, blank=True, unique=True, editable=False)
    state = models.CharField(_("staat"), max_length=10, choices=IssueState.choices, default=S.DRAFT)
    subject = models.CharField(_("onderwerp"), max_length=150, blank=True)
    preheader = models.CharField(_("regel eronder"), max_length=200, blank=True)
    audience = models.ForeignKey(
        Audience, models.PROTECT, null=True, blank=True, related_name="issues", verbose_name=_("doelgroep")
    )
    archive = models.CharField(
        _("waar hij daarna te lezen is"), max_length=7, choices=Archive.choices, default=Archive.PUBLIC
    )
    scheduled_at = models.DateTimeField(_("gaat weg op"), null=True, blank=True)
    tested_at = models.DateTimeField(_("proefmail gestuurd"), null=True, blank=True)
    started_at = models.DateTimeField(_("begonnen"), null=True, blank=True)
    finished_at = models.DateTimeField(_("klaar"), null=True, blank=True)
    readers = models.PositiveIntegerField(_("ontvangers"), null=True, blank=True)
    unsubscribed = models.PositiveIntegerField(_("afgemeld"), default=0)
    # What became of it, once the rows that it was counted from are erased.
    figures = models.JSONField(_("cijfers"), null=True, blank=True)
    once = models.UUIDField(unique=True, null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("gemaakt"), default=timezone.now, editable=False)

    objects = IssueQuerySet.as_manager()

    if TYPE_CHECKING:
        blocks: RelatedManager[Block]
        editions: RelatedManager[Edition]
        links: RelatedManager[IssueLink]
        steps: RelatedManager[IssueStep]

    class Meta:
        verbose_name = _("editie")
        verbose_name_plural = _("edities")
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=S.values), name="issue_state_known"),
            models.CheckConstraint(condition=Q(archive__in=Archive.values), name="issue_archive_known"),
            models.CheckConstraint(
                condition=~Q(state="scheduled") | Q(scheduled_at__isnull=False), name="issue_scheduled_has_time"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["sending", "paused", "sent", "stopped"])
                | Q(number__isnull=False, started_at__isnull=False, readers__isnull=False),
                name="issue_out_has_number",
            ),
        ]
        indexes = [models.Index(fields=["state"], condition=Q(state__in=["scheduled", "sending"]), name="issue_to_do")]

    def __str__(self) -> str:
        return self.subject or str(_("Nieuwsbrief zonder onderwerp"))

    def get_absolute_url(self) -> str:
        return reverse("newsletters:issue", args=[self.number])

    @property
    def about(self) -> str:
        """What its messages in the outbox are about."""
        return f"newsletter:{self.uuid}"

    @property
    def is_open(self) -> bool:
        """Whether it can still be written on; what is scheduled is taken back first."""
        return self.state == S.DRAFT

    @cached_property
    def told_before(self) -> dt.datetime | None:
        """When the last issue before this one began, of those for the same audience."""
        earlier = Issue.objects.out().exclude(pk=self.pk)
        if self.started_at is not None:
            earlier = earlier.filter(started_at__lt=self.started_at)
        if self.audience_id is not None:
            earlier = earlier.filter(audience=self.audience_id)
        return earlier.order_by("-started_at").values_list("started_at", flat=True).first()

    @property
    def is_out(self) -> bool:
        return self.state in {*OUT, S.STOPPED}

    def is_due(self, now: dt.datetime) -> bool:
        """Scheduled, and its time has come."""
        return self.state == S.SCHEDULED and self.scheduled_at is not None and self.scheduled_at <= now

    def is_overdue(self, now: dt.datetime) -> bool:
        return self.is_due(now - OVERDUE_AFTER)

    def locked(self) -> Issue:
        """The issue as it is now, its row locked until the transaction ends."""
        return Issue.objects.select_for_update(of=("self",)).select_related("audience").get(pk=self.pk)

    def keep(self) -> None:
        """Writes what was changed of a locked one. Raises StepNotAllowed once it is out."""
        if not self.is_open:
            raise StepNotAllowed(f"{self.state} is not written on")
        self.version += 1
        self.save(update_fields=["subject", "preheader", "audience", "archive", "tested_at", "version"])

    def schedule(self, by: Actor, now: dt.datetime, *, at: dt.datetime) -> None:
        self._move(S.SCHEDULED, by, now, scheduled_at=at)

    def unschedule(self, by: Actor, now: dt.datetime, *, note: str = "") -> None:
        self._move(S.DRAFT, by, now, note, scheduled_at=None)

    def discard(self, by: Actor, now: dt.datetime) -> None:
        """Of what was scheduled once, who did what is kept: it is not deleted."""
        self._move(S.DISCARDED, by, now, audience=None)

    @transaction.atomic
    def begin(self, by: Actor, now: dt.datetime, *, readers: int) -> None:
        """From now on it is out, with the number after that of the last."""
        with connection.cursor() as cursor:  # of two that begin at once the second waits for the number of the first
            cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [NUMBERING])
        last = Issue.objects.aggregate(last=Max("number"))["last"] or 0
        self._move(S.SENDING, by, now, number=last + 1, started_at=now, readers=readers)

    def pause(self, by: Actor, now: dt.datetime) -> None:
        self._move(S.PAUSED, by, now)

    def resume(self, by: Actor, now: dt.datetime) -> None:
        self._move(S.SENDING, by, now)

    def stop(self, by: Actor, now: dt.datetime) -> None:
        self._move(S.STOPPED, by, now, finished_at=now)

    def finish(self, now: dt.datetime) -> None:
        self._move(S.SENT, Actor.system(), now, finished_at=now)

    @transaction.atomic
    def _move(self, to: str, by: Actor, at: dt.datetime, note: str = "", **changes: Any) -> None:
        was = Issue.objects.select_for_update().only("state", "version").get(pk=self.pk)
        if to not in TRANSITIONS[was.state]:
            raise StepNotAllowed(f"{was.state} → {to}")
        for field, value in changes.items():
            setattr(self, field, value)
        self.state = to
        self.version = was.version + 1  # not of ours, which may be older: no version comes twice
        self.save(update_fields=["state", "version", *changes])
        IssueStep.objects.create(issue=self, before=was.state, after=to, at=at, note=note, **IssueStep.signature(by))


class Block(models.Model):
    """A part of an issue: words that somebody wrote, or a kind that fills itself when the issue goes out."""

    issue = models.ForeignKey(Issue, models.CASCADE, related_name="blocks", verbose_name=_("editie"))
    order = models.PositiveSmallIntegerField(_("volgorde"), default=0)
    kind = models.SlugField(_("soort"), max_length=30, default=TEXT)
    title = models.CharField(_("kop"), max_length=120, blank=True)
    body = models.TextField(_("tekst"), blank=True)
    picture = models.ImageField(_("foto"), upload_to="newsletters/", blank=True)
    picture_alt = models.CharField(_("wat er op de foto staat"), max_length=200, blank=True)
    button_label = models.CharField(_("tekst op de knop"), max_length=60, blank=True)
    button_url = models.CharField(_("waar de knop heen gaat"), max_length=500, blank=True)
    most = models.PositiveSmallIntegerField(
        _("hoeveel hoogstens"), default=4, validators=[MinValueValidator(1), MaxValueValidator(MOST_ITEMS)]
    )

    class Meta:
        verbose_name = _("blok")
        verbose_name_plural = _("blokken")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.title or self.name

    @property
    def fills_itself(self) -> bool:
        return self.kind != TEXT

    @property
    def filler(self) -> news.Block | None:
        return news.block(self.kind)

    @property
    def name(self) -> str:
        """What kind of block it is, in words."""
        if not self.fills_itself:
            return str(_("Tekst"))
        return str(self.filler.title) if self.filler else self.kind


class Edition(models.Model):
    """An issue as it went out, in one language: its blocks filled, as on the page of the archive and in the mail."""

    issue = models.ForeignKey(Issue, models.CASCADE, related_name="editions", verbose_name=_("editie"))
    language = models.CharField(_("taal"), max_length=2)
    content = models.JSONField(_("inhoud"))

    class Meta:
        verbose_name = _("uitgave")
        verbose_name_plural = _("uitgaven")
        constraints = [models.UniqueConstraint(fields=["issue", "language"], name="edition_once_per_language")]

    def __str__(self) -> str:
        return f"{self.issue_id} ({self.language})"


class IssueLink(models.Model):
    """A page that an issue leads to, and how often somebody went there: a total, and nobody's name."""

    issue = models.ForeignKey(Issue, models.CASCADE, related_name="links", verbose_name=_("editie"))
    url = models.CharField(_("adres"), max_length=1000)
    clicks = models.PositiveIntegerField(_("keer geklikt"), default=0)

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        ordering = ["-clicks", "pk"]
        constraints = [models.UniqueConstraint(fields=["issue", "url"], name="issue_link_once")]

    def __str__(self) -> str:
        return self.url


class IssueStep(Trace):
    """One step of an issue: who scheduled, sent, paused or stopped it. Only ever added."""

    issue = models.ForeignKey(Issue, models.PROTECT, related_name="steps", verbose_name=_("editie"))
    before = models.CharField(_("van"), max_length=10, choices=IssueState.choices)
    after = models.CharField(_("naar"), max_length=10, choices=IssueState.choices)

    class Meta(Trace.Meta):
        verbose_name = _("stap van een editie")
        verbose_name_plural = _("stappen van edities")

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"
