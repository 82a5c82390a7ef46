"""The code that a guest shows at the door. It holds an address that does something for the board alone."""

from __future__ import annotations

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from qrcode.main import QRCode

from kring.mail.posting import site
from kring.meetings.models import SignUp


def code(sign_up: SignUp) -> SafeString:
    """Drawn in the page itself: the Content-Security-Policy lets no data: address through."""
    drawn = QRCode(border=2)
    drawn.add_data(site(reverse("meetings:arrival", args=[sign_up.meeting.slug, sign_up.uuid])))
    rows = drawn.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return format_html('<svg viewBox="0 0 {0} {0}" aria-hidden="true"><path d="{1}"/></svg>', len(rows), path)
