"""Mail to many: rendered once for each language and variant, with marks where the words of each reader come.

    marks = Marks(own=["greeting", "preferences_url"])
    stencil = cut("newsletters/mail/issue", marks, {"issue": issue}, language="nl", key=f"issue:{issue.uuid}:nl",
                  kind=Kind.NEWSLETTER)
    outbox.queue_many(
        stencil,
        (Copy(Recipient.of(user), key=f"issue:{issue.uuid}:{user.uuid}", fields={"greeting": "Dag Nadia,"}) for ...),
        kind=Kind.NEWSLETTER, about=f"issue:{issue.uuid}",
    )

In the template `to.name`, `to.first_name`, `to.email` and `leave_url` are marks, and so is `own.greeting`. A mark
stands for any text of one line: a template cannot ask what is in it. Where that matters, it is a variant, with a
stencil of its own.
Words are escaped for where they stand: in HTML as HTML, in the text and the subject as they are. A place whose name
ends in `url` holds a link that acts for its reader: nobody else is shown it.

What has an HTML body of its own is set by rendering.compose, and kept with `keep`.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kring.mail import leaving
from kring.mail.models import CAN_BE_LEFT, Body, Message, Stencil
from kring.mail.recipients import Recipient
from kring.mail.rendering import Rendered, render

# What every message knows of its reader.
KNOWN = ("name", "first_name", "email", "leave_url")


@dataclass(frozen=True)
class Copy:
    """One reader's own: `fields` are the words in the places of the stencil that the sender named."""

    to: Recipient
    key: str
    fields: Mapping[str, str] = field(default_factory=dict)
    recipient: str = ""  # who it is, where that is no user: 'subscriber:<uuid>'


class Marks:
    """The marks of one stencil: letters and digits that nothing changes on the way, and that nobody can guess."""

    def __init__(self, own: Sequence[str] = ()) -> None:
        self.places = [*KNOWN, *own]
        if len(set(self.places)) != len(self.places) or len(self.places) > 100:
            raise ValueError(f"these places cannot be told apart: {self.places}")
        self.mark = f"q{secrets.token_hex(10)}q"

    def of(self, place: str) -> str:
        return f"{self.mark}{self.places.index(place):02d}"

    def are_whole_in(self, text: str) -> bool:
        """Whether each of them can be found again: in capitals, or cut off, it would be read by everybody."""
        return len(re.findall(self.mark, text, re.IGNORECASE)) == len(re.findall(rf"{self.mark}\d\d", text))

    @property
    def own(self) -> dict[str, str]:
        return {place: self.of(place) for place in self.places[len(KNOWN) :]}

    def reader(self, language: str) -> Recipient:
        return MarkedRecipient(self.of("email"), self.of("name"), language, marked_first_name=self.of("first_name"))


@dataclass(frozen=True)
class MarkedRecipient(Recipient):
    marked_first_name: str = ""

    @property
    def first_name(self) -> str:
        return self.marked_first_name


def cut(template: str, marks: Marks, context: Mapping[str, Any], *, language: str, key: str, kind: str) -> Stencil:
    """Renders a template to a stencil. Cut before, under the same key: that one, as it was."""
    earlier = Stencil.objects.filter(key=key).first()
    if earlier is not None:
        return earlier
    told = {"own": marks.own, **context}
    rendered = render(template, marks.reader(language), told, kind=kind, leave_url=marks.of("leave_url"))
    return keep(rendered, marks, language=language, key=key, template=template)


def keep(rendered: Rendered, marks: Marks, *, language: str, key: str, template: str = "") -> Stencil:
    """A stencil of what was rendered elsewhere, with these marks in it.

    Raises ValueError where something on the way changed a mark: every reader would see it in place of a word.
    """
    for part in (rendered.subject, rendered.text, rendered.html):
        if not marks.are_whole_in(part):
            raise ValueError(f"a mark was changed on its way into the stencil {key}")
    made = {
        "template": template,
        "language": language,
        "mark": marks.mark,
        "places": marks.places,
        "subject": rendered.subject,
        "text": rendered.text,
        "html": rendered.html,
    }
    stencil, _is_new = Stencil.objects.get_or_create(key=key, defaults=made)
    return stencil


def values(message: Message) -> dict[str, str]:
    """What comes in the places of its stencil."""
    return {
        **message.fields,
        "name": message.name,
        "first_name": message.name.split(" ")[0],
        "email": message.email,
        "leave_url": leaving.address(message.uuid) if message.kind in CAN_BE_LEFT else "",
    }


def body(message: Message) -> Body:
    """What its reader reads. Select the stencil with the message."""
    if message.stencil is None:
        return Body(message.text, message.html)
    return message.stencil.body_for(values(message))
