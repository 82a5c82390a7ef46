"""One way of typesetting: what no font of ours has is left out of every document, and the others wait their turn."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.utils import timezone

from commitments.models import Review, VerdictKind
from kring.board import minutes
from kring.foundation import typesetting
from kring.meetings import share_card
from offerings import kept, printing
from offerings.models import Offering
from tests.conftest import Cast
from tests.factories import CommitmentFactory, MeetingFactory, OfferingFactory

pytestmark = pytest.mark.django_db

TITLES = ("Varen 🎺👩‍🚀", "Varen ", "Zeilen ")


def test_an_emoji_in_a_title_is_left_out_and_the_menu_is_tagged_all_the_same(cast: Cast) -> None:
    offering, today = OfferingFactory(organisation=cast.member), timezone.localdate()

    def menu(title: str) -> bytes:
        Offering.objects.filter(pk=offering.pk).update(title=title)
        lists = kept.kept(today, kept.stamp()).lists
        return typesetting.pdf(printing.TEMPLATE, printing.document(Offering.objects.published(today), today, lists))

    played, plain, other = (menu(title) for title in TITLES)

    assert played == plain != other
    assert b"<pdfuaid:part>1</pdfuaid:part>" in played


def test_an_emoji_in_a_title_is_left_out_and_the_minutes_are_tagged_all_the_same(cast: Cast) -> None:
    commitment = CommitmentFactory(promisor=cast.firm, beneficiary=cast.member)
    review = Review.objects.create(held_on=timezone.localdate(), closed_at=timezone.now(), minutes="Goed")
    review.verdicts.create(commitment=commitment, place=1, reason="late", kind=VerdictKind.WORRY)

    def paper(title: str) -> bytes:
        type(commitment).objects.update(title=title)
        return minutes.as_pdf(minutes.of(review))

    played, plain, other = (paper(title) for title in TITLES)

    assert played == plain != other
    assert b"<pdfuaid:part>1</pdfuaid:part>" in played


def test_an_emoji_in_a_title_is_left_out_of_the_picture_beside_a_link() -> None:
    meeting = MeetingFactory()

    def picture(title: str) -> bytes:
        meeting.title = title
        return share_card.picture(meeting)

    played, plain, other = (picture(title) for title in TITLES)

    assert played == plain != other


@pytest.mark.parametrize("room", ["kring/board", "kring/meetings", "offerings"])
def test_what_a_template_itself_says_is_in_letters_that_the_fonts_have(room: str) -> None:
    for template in (settings.BASE_DIR / room / "typst").glob("*.typ"):
        text = template.read_text()
        assert typesetting.printable(text) == text, template


def test_who_finds_it_busy_is_asked_to_come_back(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetting, "WAIT_SECONDS", 0.01)
    meeting = MeetingFactory()
    review = Review.objects.create(held_on=timezone.localdate(), closed_at=timezone.now())
    paths = [f"{meeting.get_absolute_url()}deelkaart.png", f"{review.get_absolute_url()}verslag.pdf"]

    with typesetting._one_at_a_time:
        answers = [cast.client("board").get(path) for path in paths]

    assert [(answer.status_code, "Retry-After" in answer) for answer in answers] == [(503, True)] * 2
    assert cast.client("board").get(paths[0]).status_code == 200
