"""All mails of the house with sample data: as HTML, in the dark, on a phone and as text, in both languages."""

from __future__ import annotations

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from kring.accounts import access
from kring.mail import samples
from kring.mail.samples import Sample

# The mail's own style sheet stands in it; nothing else in it does anything.
FRAME_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox"
)
DARK = "@media (prefers-color-scheme: dark)"


@access.board
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    return render(request, "board/mail_templates.html", {"samples": samples.everything()})


@access.board  # type: ignore[arg-type]  # as django-csp has it, a view may answer with a stream too
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]
@require_safe
def one(request: HttpRequest, name: str) -> HttpResponse:
    sample, language = _sample(name), _language(request)
    shown = {
        "sample": sample,
        "mail": sample.rendered(language),
        "language": language,
        "languages": [
            {"label": called, "url": f"?taal={code}", "selected": code == language} for code, called in LANGUAGES
        ],
    }
    return render(request, "board/mail_template.html", shown)


@access.board
@xframe_options_sameorigin
@require_safe
def html(request: HttpRequest, name: str) -> HttpResponse:
    """The mail by itself, for a frame; ?donker=ja as a program in the dark shows it, whatever the browser is in."""
    content = _sample(name).rendered(_language(request)).html
    shown = "@media all" if request.GET.get("donker") == "ja" else "@media not all"
    response = HttpResponse(content.replace(DARK, shown))
    response["Content-Security-Policy"] = FRAME_POLICY
    return response


LANGUAGES: list[tuple[str, str]] = list(settings.LANGUAGES)


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("taal", "")
    return asked if asked in dict(LANGUAGES) else settings.LANGUAGE_CODE


def _sample(name: str) -> Sample:
    sample = samples.named(name)
    if sample is None:
        raise Http404
    return sample
