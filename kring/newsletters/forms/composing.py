"""Writing an issue, on one page: what stands around it, and its blocks, each with its own few fields."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.files.storage import default_storage
from django.core.validators import MaxLengthValidator
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kring.foundation.forms import Form, ModelForm, MomentField, Once, Versioned
from kring.foundation.images import PictureField, remade_for_mail
from kring.newsletters import composing
from kring.newsletters.models import Audience, Block, Issue

MOST_TEXT = 8000
SOONEST = dt.timedelta(minutes=1)
FURTHEST = dt.timedelta(days=366)


class IssueForm(Versioned, ModelForm):
    class Meta:
        model = Issue
        fields = ["subject", "preheader", "audience", "archive"]
        help_texts = {
            "subject": gettext_lazy("Zeg wat erin staat, in hoogstens 60 tekens."),
            "preheader": gettext_lazy("Staat in het mailprogramma achter of onder het onderwerp."),
            "archive": gettext_lazy(
                "Gaat mee met de doelgroep, tot je zelf iets kiest. Staat hij in geen archief, dan lezen alleen het "
                "bestuur en wie de mail kreeg hem."
            ),
        }
        widgets = {"archive": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        audience = self.fields["audience"]
        if isinstance(audience, forms.ModelChoiceField):
            audience.queryset = Audience.objects.order_by("name")
            audience.empty_label = _("Kies een doelgroep")

    def clean(self) -> dict[str, Any] | None:
        """Another audience takes the archive along, where that was the one of the audience before."""
        cleaned = super().clean() or self.cleaned_data
        before = Audience.objects.filter(pk=self.initial["audience"]).first()
        if "audience" in self.changed_data and cleaned.get("archive") == composing.archive_for(before):
            cleaned["archive"] = composing.archive_for(cleaned.get("audience"))
        return cleaned


class BlockForm(ModelForm):
    """One block. `order` is written by dragging; without scripts it stays as it was."""

    order = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=32_000)

    class Meta:
        model = Block
        fields = ["title", "body", "picture", "picture_alt", "button_label", "button_url", "most", "order"]
        widgets = {"body": forms.Textarea(attrs={"rows": 7})}
        help_texts = {
            "body": gettext_lazy(
                "Een lege regel begint een nieuwe alinea, een streepje een lijst, **sterren** maken vet, "
                "[tekst](https://adres) een link. {voornaam} wordt de naam van de lezer."
            ),
            "picture_alt": gettext_lazy("Voor wie hem niet kan zien."),
            "button_url": gettext_lazy("https://… of, voor een pagina van deze site, bijvoorbeeld /menukaart/."),
        }

    MORE = ("picture", "picture_alt", "button_label", "button_url")
    WRITTEN = ("title", "body", *MORE)
    FILLED = ("title", "most")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        block: Block = self.instance
        kept = self.FILLED if block.fills_itself else self.WRITTEN
        for name in [name for name in self.fields if name not in {*kept, "order"}]:
            del self.fields[name]
        if block.fills_itself:
            self.fields["title"].help_text = _("Leeg: ‘%(name)s’.") % {"name": block.name}
        else:
            self.fields["picture"] = PictureField(
                label=_("Foto"),
                required=False,
                help_text=_("JPEG, PNG of WebP, hoogstens 5 MB."),
                remake=remade_for_mail,
            )
            self.fields["picture"].widget.attrs["aria-describedby"] = f"id_{self.prefix}-picture_helptext"
            self.initial["picture"] = block.picture
            self.fields["body"].validators.append(MaxLengthValidator(MOST_TEXT))

    @property
    def shown_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in (self.FILLED if self.instance.fills_itself else self.WRITTEN)]

    @property
    def first_fields(self) -> list[forms.BoundField]:
        return [field for field in self.shown_fields if field.name not in self.MORE]

    @property
    def more_fields(self) -> list[forms.BoundField]:
        """What many blocks do without."""
        return [field for field in self.shown_fields if field.name in self.MORE]

    @property
    def is_folded(self) -> bool:
        """Whether nothing is filled in there, and nothing to mend."""
        return not any(field.errors or field.value() for field in self.more_fields)

    def clean_order(self) -> int:
        given: int | None = self.cleaned_data["order"]
        return self.instance.order if given is None else given

    def save_block(self) -> Block:
        """Writes it; a picture that was replaced goes when that is committed."""
        replaced = Block.objects.filter(pk=self.instance.pk).values_list("picture", flat=True).first()
        block: Block = self.save()
        if replaced and replaced != block.picture.name:
            transaction.on_commit(lambda: default_storage.delete(replaced))
        return block


def prefix_of(block: Block) -> str:
    return f"b{block.pk}"


def block_forms(issue: Issue, data: Mapping[str, Any] | None = None, files: Any = None) -> list[BlockForm]:
    """In the order of the page. One that was not on the page that was posted is not bound: it shows what is stored."""
    return [
        BlockForm(data, files, instance=block, prefix=prefix_of(block))
        if data is not None and f"{prefix_of(block)}-order" in data
        else BlockForm(instance=block, prefix=prefix_of(block))
        for block in issue.blocks.all()
    ]


class SeenForm(Versioned, Form):
    """To send an issue: what goes out is what was on the screen."""

    def __init__(self, *args: Any, instance: Issue, **kwargs: Any) -> None:
        self.instance = instance
        super().__init__(*args, **kwargs)

    @property
    def is_stale(self) -> bool:
        """Also where the page did not say what was on it."""
        return super().is_stale or self.has_error("version")


class MomentForm(SeenForm):
    """When it goes out."""

    at = MomentField(
        label=gettext_lazy("Dag en tijd"),
        help_text=gettext_lazy("Dinsdag- of donderdagochtend wordt het meest gelezen."),
    )

    def __init__(self, *args: Any, now: dt.datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._now = now

    def clean_at(self) -> dt.datetime:
        at: dt.datetime = self.cleaned_data["at"]
        if at < self._now + SOONEST:
            raise forms.ValidationError(_("Dat moment is al voorbij. Kies een later moment, of verstuur hem nu."))
        if at > self._now + FURTHEST:
            raise forms.ValidationError(_("Dat is meer dan een jaar vooruit. Kies een dag die dichterbij is."))
        return at


class OnceForm(Once, Form):
    """A button, pressed once."""


def suggested_moment(now: dt.datetime) -> dt.datetime:
    """The next Tuesday or Thursday at nine."""
    day = timezone.localtime(now).replace(hour=9, minute=0, second=0, microsecond=0) + dt.timedelta(days=1)
    while day.isoweekday() not in {2, 4}:
        day += dt.timedelta(days=1)
    return day
