"""What goes out when the board closes a review."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from commitments import notices, parties
from commitments.models import Commitment, Review, Verdict, VerdictKind
from kring.accounts.models import User
from kring.mail.posting import post, site
from kring.mail.recipients import Recipient


def send_minutes(review: Review) -> None:
    """To each on the board, with what they took upon themselves first."""
    verdicts = list(
        review.verdicts.given().select_related("commitment", "action_owner")  # type: ignore[attr-defined]
    )
    actions = [verdict for verdict in verdicts if verdict.kind == VerdictKind.ACT]
    for user in User.objects.on_board(timezone.localdate()).order_by("pk"):
        own = [verdict for verdict in actions if verdict.action_owner_id == user.pk]
        post(
            "board/mail/minutes",
            [Recipient.of(user)],
            {"review": review, "verdicts": len(verdicts), "own": own, "actions": len(actions)},
            key=f"review-minutes:{review.uuid}",
            about=f"review:{review.uuid}",
            button=(site(review.get_absolute_url()), _("Lees het verslag")),
        )


def tell_of_end(commitment: Commitment, verdict: Verdict) -> None:
    """To both sides; to each address once."""
    to = parties.promisors(commitment) + parties.beneficiaries(commitment)
    post(
        "board/mail/ended",
        {recipient.email: recipient for recipient in to}.values(),
        {"commitment": commitment, "verdict": verdict},
        key=f"ended-by-board:{commitment.uuid}",
        about=notices.about(commitment),
        button=notices.page(commitment),
    )
