"""The words under which somebody asks for the newsletter. The proof holds the version and the words themselves.

Who changes the words makes a new version: a test holds the two together.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from kring.foundation.models import Circle

TEXT_VERSION = "2026-11"


def words() -> str:
    """What stands beside the button, in the language of the page."""
    told = _(
        "Ja, stuur mij de nieuwsbrief van %(circle)s per e-mail, ongeveer één keer per maand. "
        "Ik kan me altijd afmelden met één klik."
    )
    return told % {"circle": Circle.current().full_name}
