from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import Error, register
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from kring.foundation.addresses import in_ascii
from kring.mail import mailbox, return_address
from kring.mail.transport import WAITS, longest


@register()
def lease_outlasts_a_message(app_configs: Any, **kwargs: Any) -> list[Error]:
    """A lease that runs out while the server is still answering would have a second worker send the same mail."""
    needed = round(longest() + WAITS * settings.EMAIL_TIMEOUT)
    if needed <= settings.MAIL_LEASE_SECONDS:
        return []
    hint = f"One message may take {longest():.0f} s: make the lease at least {needed} s, or MAIL_ANSWER_SECONDS less."
    return [Error("MAIL_LEASE_SECONDS is too short.", hint=hint, id="mail.E001")]


@register()
def addresses_of_ours_are_usable(app_configs: Any, **kwargs: Any) -> list[Error]:
    """They stand in every mail and in what is said before it: wrong, none would leave."""
    box = settings.MAIL_RETURN_ADDRESS.partition("@")[0]
    wrong = [name for name in ("DEFAULT_FROM_EMAIL", "MAIL_RETURN_ADDRESS") if not _is_usable(getattr(settings, name))]
    found = [
        Error(
            f"{name} is no address: {getattr(settings, name)!r}.",
            hint="Write the address alone, such as kring@kring.example; the sender's name is asked for on the site.",
            id="mail.E002",
        )
        for name in wrong
    ]
    if len(box) > return_address.MOST_OF_BOX:
        hint = f"Before the @ it may have {return_address.MOST_OF_BOX} characters: the name of a message comes after."
        found.append(Error("MAIL_RETURN_ADDRESS is too long.", hint=hint, id="mail.E003"))
    return found


def _is_usable(address: str) -> bool:
    if not address:
        return True
    try:
        validate_email(in_ascii(address))
    except (ValidationError, UnicodeError):
        return False
    return True


@register()
def return_box_is_read_in_private(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Else its password goes over the network for all to read."""
    if not settings.MAIL_RETURN_BOX or mailbox.is_safe(settings.MAIL_RETURN_BOX):
        return []
    hint = "Write imaps://name:password@host/folder; imap:// only to localhost."
    return [Error("MAIL_RETURN_BOX would be read without encryption.", hint=hint, id="mail.E004")]
