"""What has to be mended before an issue goes out, and what its writers may want to look at; each with its place.

Nothing here sends or fetches anything.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kring.mail.models import Kind
from kring.mail.recipients import Recipient
from kring.newsletters import addresses, placeholders, proofreading, reaching, rendering
from kring.newsletters.content import content_of, section_of, span_of
from kring.newsletters.models import Block, Issue

# Gmail cuts a mail off after 102 kB; a little of that is ours per reader.
MOST_HTML, CLIPPED = 500_000, 98_000
MOST_PICTURES = 1_500_000
LONG_SUBJECT = 70
SHOUTING = 0.6  # of the letters
UNFILLED = ("picture_alt", "button_label", "button_url")


@dataclass(frozen=True)
class Finding:
    """One sentence, where to mend it, and whether the issue can go out with it."""

    sentence: str
    place: str
    stops: bool = True


def findings(issue: Issue, now: dt.datetime, numbers: reaching.Numbers | None = None) -> list[Finding]:
    """The gravest first. With `numbers` its audience is not counted again."""
    blocks = list(issue.blocks.all())
    found = [*_of_envelope(issue), *_of_audience(issue, now, numbers), *_of_blocks(issue, blocks, now)]
    if blocks:
        found += _of_size(issue, blocks, now)
    if issue.tested_at is None:
        test = _("Stuur jezelf eerst een proefmail. In een echt mailprogramma zie je wat hier niet te zien is.")
        found.append(Finding(test, reverse("newsletters:send", args=[issue.uuid]) + "#proef", stops=False))
    return sorted(found, key=lambda finding: not finding.stops)


def _page(issue: Issue, field: str) -> str:
    if not issue.is_open:  # it is taken back first
        return f"{reverse('newsletters:send', args=[issue.uuid])}#terug"
    return f"{reverse('newsletters:compose', args=[issue.uuid])}#id_{field}"


def place_of(block: Block, field: str) -> str:
    return _page(block.issue, f"b{block.pk}-{field}")


# --- Around it -------------------------------------------------------------------------------------------------------


def _of_envelope(issue: Issue) -> Iterator[Finding]:
    subject, preheader = issue.subject.strip(), issue.preheader.strip()
    if not subject:
        yield Finding(_("Er is nog geen onderwerp."), _page(issue, "subject"))
    if not preheader:
        sentence = _("De regel onder het onderwerp is leeg. Mailprogramma’s tonen dan het eerste wat er staat.")
        yield Finding(sentence, _page(issue, "preheader"), stops=False)
    for text, field in ((subject, "subject"), (preheader, "preheader")):
        yield from _of_words(text, _page(issue, field))
    if len(subject) > LONG_SUBJECT:
        yield Finding(
            _("Het onderwerp is lang: op een telefoon valt het eind weg."), _page(issue, "subject"), stops=False
        )
    yield from (Finding(sentence, _page(issue, "subject"), stops=False) for sentence in _shouts(subject))


def _of_words(text: str, place: str) -> Iterator[Finding]:
    """Of any text in which the reader's name can stand."""
    yield from (Finding(sentence, place) for sentence in proofreading.wrong_placeholders(text))
    yield from (Finding(sentence, place, stops=False) for sentence in proofreading.odd_placeholders(text))


def _shouts(text: str) -> Iterator[str]:
    letters = [each for each in text if each.isalpha()]
    if len(letters) >= 8 and sum(each.isupper() for each in letters) / len(letters) > SHOUTING:
        yield _("Het onderwerp staat bijna helemaal in hoofdletters. Dat ziet eruit als reclame.")
    if text.count("!") > 1 or "€€" in text:
        yield _("Eén uitroepteken is genoeg: meer ziet eruit als reclame.")
    yield from proofreading.spam(text)


def _of_audience(issue: Issue, now: dt.datetime, numbers: reaching.Numbers | None) -> Iterator[Finding]:
    if issue.audience is None:
        yield Finding(_("Kies voor wie deze editie is."), _page(issue, "audience"))
        return
    found = numbers or reaching.numbers(issue.audience, timezone.localdate(now))
    if found.reached:
        return
    sentence = (
        _("In de doelgroep ‘%(name)s’ zit niemand die nog mail krijgt: de adressen werken niet, of zijn afgemeld.")
        if found.readers
        else _("In de doelgroep ‘%(name)s’ zit niemand.")
    )
    yield Finding(sentence % {"name": issue.audience}, issue.audience.get_absolute_url())


# --- In it -----------------------------------------------------------------------------------------------------------


def _of_blocks(issue: Issue, blocks: list[Block], now: dt.datetime) -> Iterator[Finding]:
    if not blocks:
        yield Finding(_("Er staat nog niets in deze editie."), _page(issue, "erbij"))
    span, empty = span_of(issue, now), set[int]()
    for block in blocks:
        if block.fills_itself and section_of(block, span) is None:
            empty.add(block.pk)
            sentence = _("Over ‘%(name)s’ is niets nieuws: dit blok blijft weg.") % {"name": block}
            yield Finding(sentence, place_of(block, "title"), stops=False)
        yield from _of_block(block)
    yield from _of_nothing(issue, [block for block in blocks if block.pk not in empty], is_begun=bool(blocks))


def _of_nothing(issue: Issue, shown: list[Block], *, is_begun: bool) -> Iterator[Finding]:
    """Where nobody would find anything to read. That a block is empty was said already."""
    if is_begun and not shown:
        yield Finding(_("Alle blokken zijn leeg: er is niets te lezen."), _page(issue, "erbij"))
    greetings = [block for block in shown if _only_greets(block)]
    if greetings and all(block in greetings or _is_empty(block) for block in shown):
        sentence = _("Er is nog niets te lezen, alleen een groet. Schrijf hier wat je wilt vertellen.")
        yield Finding(sentence, place_of(greetings[0], "body"))


def _is_empty(block: Block) -> bool:
    return not (block.fills_itself or block.title.strip() or block.body.strip() or block.picture)


def _only_greets(block: Block) -> bool:
    if block.fills_itself or block.picture or block.button_url or _is_empty(block):
        return False
    return proofreading.is_greeting(f"{block.title}\n{block.body}")


def _of_block(block: Block) -> Iterator[Finding]:
    yield from _of_words(block.title, place_of(block, "title"))
    if block.fills_itself:
        return
    if _is_empty(block):
        yield Finding(_("Dit blok is leeg. Schrijf er iets in of haal het weg."), place_of(block, "body"))
    yield from _of_words(block.body, place_of(block, "body"))
    yield from (Finding(sentence, place_of(block, "body")) for sentence in proofreading.broken(block.body))
    yield from (
        Finding(sentence, place_of(block, "body"), stops=False) for sentence in proofreading.doubtful(block.body)
    )
    if block.picture and not block.picture_alt.strip():
        sentence = _("Schrijf wat er op de foto staat, voor wie hem niet kan zien.")
        yield Finding(sentence, place_of(block, "picture_alt"))
    yield from _of_unfilled(block)
    yield from _of_button(block)


def _of_unfilled(block: Block) -> Iterator[Finding]:
    """Where the reader's name does not come: it would stand there as it was typed."""
    sentence = _("{%(word)s} werkt hier niet: het zou er letterlijk staan. Gebruik het in een tekst of een kop.")
    for field in UNFILLED:
        for word in placeholders.BRACED.findall(getattr(block, field)):
            yield Finding(sentence % {"word": word}, place_of(block, field))


def _of_button(block: Block) -> Iterator[Finding]:
    if block.button_label and not block.button_url:
        yield Finding(
            _("De knop ‘%(label)s’ gaat nergens heen.") % {"label": block.button_label}, place_of(block, "button_url")
        )
    if block.button_url and not block.button_label:
        yield Finding(
            _("Er is een adres voor een knop, maar er staat niets op de knop."), place_of(block, "button_label")
        )
    if block.button_url and (sentence := addresses.fault(block.button_url)):
        yield Finding(sentence, place_of(block, "button_url"))
    elif block.button_url and (sentence := addresses.doubt(block.button_url, block.button_label)):
        yield Finding(sentence, place_of(block, "button_url"), stops=False)


# --- How large -------------------------------------------------------------------------------------------------------


def _of_size(issue: Issue, blocks: list[Block], now: dt.datetime) -> Iterator[Finding]:
    reader = placeholders.called("")
    content = content_of(issue, blocks, settings.LANGUAGE_CODE, now)
    rendered = rendering.mail(
        content, Recipient(email="", language=settings.LANGUAGE_CODE), reader, kind=Kind.NEWSLETTER, why=""
    )
    size = len(rendered.html.encode())
    place = _page(issue, "subject")
    if size > MOST_HTML:
        yield Finding(
            _("De mail is te groot om te versturen (%(kb)d kB). Haal er iets uit.") % {"kb": size // 1000}, place
        )
    elif size > CLIPPED:
        sentence = _("De mail is %(kb)d kB. Gmail knipt hem af: zet minder tekst in de blokken.")
        yield Finding(sentence % {"kb": size // 1000}, place, stops=False)
    pictures = sum(_weight(block) for block in blocks if block.picture)
    if pictures > MOST_PICTURES:
        sentence = _("De foto’s zijn samen %(kb)d kB. Op een telefoon duurt dat lang.")
        yield Finding(sentence % {"kb": pictures // 1000}, place, stops=False)


def _weight(block: Block) -> int:
    name = str(block.picture.name)
    return default_storage.size(name) if default_storage.exists(name) else 0
