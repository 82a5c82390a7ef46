"""The words under which somebody asks for the newsletter. The proof holds the version and the words themselves.

Each form on the site shows the same (kring.foundation.news.words). Who changes the words makes a new version: a test
holds the two together.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from kring.foundation.models import Circle
from kring.mail.models import Kind
from kring.mail.streams import STREAMS
from kring.newsletters.models import Source

TEXT_VERSION = "2026-11"


def words() -> str:
    """What stands beside every button and box that asks for it, in the language of the page."""
    told = _(
        "Ja, stuur mij de nieuwsbrief van %(circle)s per e-mail, ongeveer één keer per maand. "
        "Ik kan me altijd afmelden met één klik."
    )
    return told % {"circle": Circle.current().full_name}


def words_at(source: str) -> str:
    """Who left by mistake presses a button in a page of one question, with its own words."""
    return str(STREAMS[Kind.NEWSLETTER].come_back) if source == Source.MAIL else words()
