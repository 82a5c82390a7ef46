"""A no is about the mailbox, or about us: only the first counts against an address."""

from __future__ import annotations

import pytest

from kring.mail.classing import classed, classed_at_once


@pytest.mark.parametrize(
    ("code", "reply", "kind"),
    [
        (550, "5.1.1 <a@b.example>: Recipient address rejected: User unknown in relay recipient table", "hard"),
        (550, "5.1.0 Address rejected.", "hard"),
        (550, "5.1.0 Sender denied", ""),
        (550, "5.2.1 mailbox disabled", "hard"),
        (550, "no such user here", "hard"),
        (550, "<policy@b.example>: unknown user", "hard"),
        (552, "5.2.2 mailbox full", "soft"),
        (552, "mailbox full", "soft"),
        (550, "5.1.8 sender's domain is not ours", ""),
        (550, "5.7.1 Relaying denied", ""),
        (550, "relay not permitted", ""),
        (551, "we do not relay", ""),
        (550, "authentication required", ""),
        (550, "Administrative prohibition", ""),
        (553, "sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", ""),
        (550, "5.188.10.4 is blocked", ""),
        (554, "transaction failed", ""),
        (450, "4.2.1 busy", ""),
    ],
)
def test_refusal_is_classed_by_what_it_is_about(code: int, reply: str, kind: str) -> None:
    assert classed_at_once(code, reply) == kind


@pytest.mark.parametrize("diagnostic", ["550 blocked by our policy", "550 5.188.10.4 is on a blacklist"])
def test_report_without_a_status_that_is_about_us_is_no_dead_address(diagnostic: str) -> None:
    assert classed("5.0.0", diagnostic) == "soft"
