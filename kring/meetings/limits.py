"""How often is too often: a person signs up for an evening, a robot for a thousand; each makes a mail to somebody."""

from __future__ import annotations

from django.http import HttpRequest

from kring.foundation.ratelimit import caller, exceeded

# A school or a library has one address for all who sit there.
SIGN_UPS_PER_HOUR = 60
MAILS_PER_ADDRESS = 5
NAMES_PER_MINUTE = 120
CARDS_PER_MINUTE = 60


def too_many_sign_ups(request: HttpRequest, email: str) -> bool:
    """Whether this caller signs up too much, or somebody has this address mailed too much."""
    return exceeded("sign-up", caller(request), limit=SIGN_UPS_PER_HOUR, seconds=3600) or (
        bool(email) and exceeded("sign-up-mail", email.lower(), limit=MAILS_PER_ADDRESS, seconds=3600)
    )


def too_many_names(request: HttpRequest) -> bool:
    return exceeded("meeting-names", caller(request), limit=NAMES_PER_MINUTE, seconds=60)


def too_many_cards(request: HttpRequest) -> bool:
    return exceeded("meeting-cards", caller(request), limit=CARDS_PER_MINUTE, seconds=60)
