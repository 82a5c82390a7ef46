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
    """`when` says on what occasion it goes; `told` makes its context; button and choices are the words on them."""

    template: str
    when: Words
    told: Callable[[], Mapping[str, Any]] = dict
    button: Words = ""
    choices: Sequence[Words] = ()
    kind: str = Kind.TRANSACTIONAL

    @property
    def name(self) -> str:
        return self.template.replace("/", "-")

    @property
    def kind_label(self) -> str:
        return str(Kind(self.kind).label)

    def rendered(self, language: str) -> Rendered:
        address, name = READER
        with translation.override(language):
            links = {
                "action_url": f"{settings.SITE_URL}/a/voorbeeld/" if self.button else "",
                "action_label": str(self.button),
                "choices": [
                    (f"{settings.SITE_URL}/a/voorbeeld/?keuze={n}", str(w)) for n, w in enumerate(self.choices)
                ],
            }
            told = {**links, **self.told()}
        leave_url = f"{settings.SITE_URL}/afmelden/voorbeeld/"
        return render(self.template, Recipient(address, name, language), told, kind=self.kind, leave_url=leave_url)


_samples: dict[str, Sample] = {}


def register(*samples: Sample) -> None:
    _samples.update((sample.name, sample) for sample in samples)


def everything() -> list[Sample]:
    return sorted(_samples.values(), key=lambda sample: sample.name)


def named(name: str) -> Sample | None:
    return _samples.get(name)
