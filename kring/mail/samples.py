"""Each mail of the house with data that nobody has, to be looked at: when it goes, and what it says.

A room registers its own from AppConfig.ready(). A mail without a sample fails a test (tests/mail/test_samples.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise

from kring.mail.models import Kind
from kring.mail.recipients import Recipient
from kring.mail.rendering import Rendered, render

READER = ("nadia@voorbeeld.example", "Nadia Hoogerduijn")

Words = str | Promise


@dataclass(frozen=True)
class Sample:
    """`when` says on what occasion it goes; `told` makes its context; button and choices are the words on them.

    A mail that is no template, such as a newsletter, is `composed` for its reader and the address to leave by.
    `variant` tells the samples of one template apart.
    """

    template: str
    when: Words
    told: Callable[[], Mapping[str, Any]] = dict
    button: Words = ""
    choices: Sequence[Words] = ()
    kind: str = Kind.TRANSACTIONAL
    composed: Callable[[Recipient, str], Rendered] | None = None
    variant: str = ""

    @property
    def name(self) -> str:
        return "-".join(filter(None, (self.template.replace("/", "-"), self.variant)))

    @property
    def kind_label(self) -> str:
        return str(Kind(self.kind).label)

    def rendered(self, language: str) -> Rendered:
        address, name = READER
        reader, leave_url = Recipient(address, name, language), f"{settings.SITE_URL}/afmelden/voorbeeld/"
        with translation.override(language):
            if self.composed:
                return self.composed(reader, leave_url)
            told = {**self._links(), **self.told()}
        return render(self.template, reader, told, kind=self.kind, leave_url=leave_url)

    def _links(self) -> dict[str, Any]:
        own = f"{settings.SITE_URL}/a/voorbeeld/"
        return {
            "action_url": own if self.button else "",
            "action_label": str(self.button),
            "choices": [(f"{own}?keuze={number}", str(words)) for number, words in enumerate(self.choices)],
        }


_samples: dict[str, Sample] = {}


def register(*samples: Sample) -> None:
    _samples.update((sample.name, sample) for sample in samples)


def everything() -> list[Sample]:
    return sorted(_samples.values(), key=lambda sample: sample.name)


def named(name: str) -> Sample | None:
    return _samples.get(name)
