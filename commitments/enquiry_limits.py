"""How much somebody may ask, so that nobody can fill the members' mailboxes."""

from __future__ import annotations

from django.http import HttpRequest

from commitments.enquiry_forms import AskingForm
from kring.foundation.ratelimit import caller, exceeded

# A person asks for a handful of things; a robot for hundreds. Each makes a mail to somebody.
ASKS_PER_HOUR = 30
ASKS_PER_ORGANISATION_A_DAY = 60
MAILS_PER_ADDRESS = 5


def too_often(request: HttpRequest, form: AskingForm) -> bool:
    """Whether this caller or organisation asks too much, or somebody has this address mailed too much."""
    email, asker = form.cleaned_data.get("email", ""), form.cleaned_data.get("asker")
    if email and exceeded("ask-mail", email.lower(), limit=MAILS_PER_ADDRESS, seconds=3600):
        return True
    asked = [exceeded("ask", caller(request), limit=ASKS_PER_HOUR, seconds=3600) for _each in form.about]
    if asker is not None:
        limit = ASKS_PER_ORGANISATION_A_DAY
        asked += [exceeded("ask-for", str(asker.pk), limit=limit, seconds=86_400) for _each in form.about]
    return any(asked)
