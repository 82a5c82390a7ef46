from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import Error, register

from kring.mail import mailbox
from kring.mail.transport import WAITS


@register()
def lease_outlasts_a_message(app_configs: Any, **kwargs: Any) -> list[Error]:
    """A lease that runs out while the server is still answering would have a second worker send the same mail."""
    needed = 2 * WAITS * settings.EMAIL_TIMEOUT
    if needed <= settings.MAIL_LEASE_SECONDS:
        return []
    hint = f"EMAIL_TIMEOUT is {settings.EMAIL_TIMEOUT} s: make the lease at least {needed} s, or the timeout shorter."
    return [Error("MAIL_LEASE_SECONDS is too short.", hint=hint, id="mail.E001")]


@register()
def return_box_is_read_in_private(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Else its password goes over the network for all to read."""
    if not settings.MAIL_RETURN_BOX or mailbox.is_safe(settings.MAIL_RETURN_BOX):
        return []
    hint = "Write imaps://name:password@host/folder; imap:// only to localhost."
    return [Error("MAIL_RETURN_BOX would be read without encryption.", hint=hint, id="mail.E002")]
