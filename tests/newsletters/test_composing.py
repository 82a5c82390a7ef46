"""Writing an issue on one page: every button keeps what was typed, and nobody's words are written over unseen."""

from __future__ import annotations

import datetime as dt
import io
import re
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from kring.foundation.actors import Actor
from kring.newsletters import previewing
from kring.newsletters.models import MOST_BLOCKS, Archive, Block, Group, Issue, IssueState
from tests.conftest import Cast
from tests.factories import BlockFactory, IssueFactory, NewsletterAudienceFactory, SubscriberFactory
from tests.test_bad_input import ODD

pytestmark = pytest.mark.django_db

WRITTEN = ("title", "body", "picture_alt", "button_label", "button_url")


def path(issue: Issue, page: str = "") -> str:
    return f"/bestuur/nieuwsbrief/{issue.uuid}/{page}"


def typed(issue: Issue, **changes: Any) -> dict[str, Any]:
    """What the browser sends when nothing was changed, and then these changes."""
    issue.refresh_from_db()
    found = {
        "subject": issue.subject,
        "preheader": issue.preheader,
        "audience": issue.audience_id or "",
        "archive": issue.archive,
        "version": issue.version,
    }
    for block in issue.blocks.all():
        fields = (
            ("title", "most") if block.fills_itself else ("title", "body", "picture_alt", "button_label", "button_url")
        )
        found |= {f"b{block.pk}-{name}": getattr(block, name) for name in (*fields, "order")}
    return found | changes


def titles(issue: Issue) -> list[str]:
    return [block.title for block in issue.blocks.order_by("order")]


@pytest.fixture
def issue() -> Issue:
    """With blocks A, B and C."""
    made: Issue = IssueFactory(block=None)
    for order, title in enumerate("ABC"):
        BlockFactory(issue=made, title=title, order=order)
    return made


@pytest.fixture
def board(cast: Cast) -> Client:
    return cast.client("board")


def test_new_issue_has_every_block_that_fills_itself_and_is_made_once(board: Client) -> None:
    once = str(uuid.uuid4())
    answers = [board.post("/bestuur/nieuwsbrief/nieuw/", {"once": once}) for _press in range(2)]

    issue = Issue.objects.get()
    assert {answer["Location"] for answer in answers} == {path(issue)}
    assert list(issue.blocks.values_list("kind", flat=True)) == [
        *("text", "new_on_the_card", "new_members", "meetings", "promises_kept", "needs_open", "city_asks")
    ]


def test_buttons_move_add_and_remove_and_keep_what_was_typed(board: Client, issue: Issue) -> None:
    a, b, c = issue.blocks.order_by("order")

    def press(deed: str, **changes: Any) -> list[str]:
        assert board.post(path(issue), typed(issue, doe=deed, **changes)).status_code == 302
        return titles(issue)

    assert press(f"omlaag:{a.pk}", subject="Getypt en niet bewaard") == ["B", "A", "C"]
    assert press(f"omhoog:{c.pk}", **{f"b{c.pk}-title": "C2"}) == ["B", "C2", "A"]
    assert press(f"omhoog:{b.pk}") == ["B", "C2", "A"]
    assert press(f"weg:{a.pk}") == ["B", "C2"]
    assert press("erbij:needs_open") == ["B", "C2", ""]
    assert press("erbij:bestaat-niet") == ["B", "C2", ""]
    issue.refresh_from_db()
    assert issue.subject == "Getypt en niet bewaard"


@pytest.mark.parametrize(
    ("audience", "archive"),
    [
        ({"groups": [Group.SUBSCRIBERS, Group.BOARD]}, Archive.PUBLIC),
        ({"groups": [Group.SUBSCRIBERS], "sectors": ["sport"]}, Archive.NOWHERE),
        ({"groups": [Group.MEMBERS]}, Archive.MEMBERS),
        ({"groups": [Group.MEMBERS], "roles": ["owner"]}, Archive.NOWHERE),
        ({"groups": [Group.BOARD]}, Archive.NOWHERE),
    ],
)
def test_issue_is_read_afterwards_by_no_others_than_its_audience(
    board: Client, issue: Issue, audience: dict[str, Any], archive: str
) -> None:
    """Unless its writers choose otherwise; what they chose stays with the next audience too."""
    chosen, other = NewsletterAudienceFactory(**audience), NewsletterAudienceFactory(groups=[Group.BUSINESSES])

    board.post(path(issue), typed(issue, audience=chosen.pk))
    followed = Issue.objects.get().archive
    sentence = {
        Archive.PUBLIC: "in het openbare archief: iedereen kan hem lezen",
        Archive.MEMBERS: "in het archief, alleen voor leden",
        Archive.NOWHERE: "Hij komt in geen archief",
    }[Archive(followed)]
    told = board.get(path(issue, "versturen/")).content.decode()
    own = Archive.PUBLIC if followed == Archive.MEMBERS else Archive.MEMBERS
    for changes in ({"archive": own}, {"audience": other.pk}):
        board.post(path(issue), typed(issue, **changes))

    assert (followed, Issue.objects.get().archive) == (archive, own)
    assert sentence in told


def test_new_issue_is_read_where_its_audience_may(board: Client) -> None:
    for_board = NewsletterAudienceFactory(groups=[Group.BOARD])
    IssueFactory(audience=for_board, number=1, state=IssueState.SENT, started_at=timezone.now(), readers=1)

    board.post("/bestuur/nieuwsbrief/nieuw/", {"once": str(uuid.uuid4())})

    assert Issue.objects.latest("pk").archive == Archive.NOWHERE


def test_dragging_is_an_order_of_numbers(board: Client, issue: Issue) -> None:
    a, b, c = issue.blocks.order_by("order")

    board.post(path(issue), typed(issue, **{f"b{a.pk}-order": "2", f"b{b.pk}-order": "0", f"b{c.pk}-order": "1"}))

    assert titles(issue) == ["B", "C", "A"]
    assert list(issue.blocks.order_by("order").values_list("order", flat=True)) == [0, 1, 2]


def test_words_for_what_a_colleague_sent_or_removed_are_shown(board: Client, issue: Issue) -> None:
    a, b, _c = issue.blocks.order_by("order")
    mine = typed(issue, **{f"b{a.pk}-title": "Mijn kop", f"b{b.pk}-body": "Mijn lange tekst"})
    board.post(path(issue), typed(issue, doe=f"weg:{b.pk}"))

    removed = board.post(path(issue), mine)
    Issue.objects.update(state=IssueState.SCHEDULED, scheduled_at=timezone.now())
    late = board.post(path(issue), mine)

    assert (removed.status_code, late.status_code) == (422, 409)
    assert "Dit blok is intussen weggehaald." in removed.content.decode()
    for answer in (removed, late):
        assert "Mijn lange tekst" in answer.content.decode()
        assert "Mijn kop" in answer.content.decode()
    assert "Wat je typte is niet bewaard" in late.content.decode()
    assert board.get(path(issue)).status_code == 302


def test_words_for_an_issue_that_a_colleague_threw_away_are_shown(board: Client, issue: Issue) -> None:
    block = issue.blocks.order_by("order")[0]
    mine = typed(issue, subject="Mijn onderwerp", **{f"b{block.pk}-body": "Mijn lange tekst"})
    board.post(path(issue, "weg/"))

    answer = board.post(path(issue), mine)

    html = answer.content.decode()
    assert answer.status_code == 404
    for words in ("Een collega gooide het concept weg", "Mijn onderwerp", "Mijn lange tekst"):
        assert words in html
    assert (board.get(path(issue)).status_code, board.post(path(issue)).status_code) == (404, 404)


def test_what_was_changed_is_to_be_tried_out_anew(board: Client, issue: Issue) -> None:
    def tested_after(**changes: Any) -> bool:
        Issue.objects.update(tested_at=timezone.now())
        assert board.post(path(issue), typed(issue, **changes)).status_code == 302
        return Issue.objects.get(pk=issue.pk).tested_at is not None

    block = issue.blocks.latest("order")

    assert tested_after()
    assert not tested_after(subject="Anders")
    assert not tested_after(**{f"b{block.pk}-body": "Anders"})
    assert not tested_after(doe=f"weg:{block.pk}")


@pytest.mark.parametrize(("language", "said"), [("nl", "Dag allemaal"), ("en", "Hello all")])
def test_preview_of_what_went_out_is_in_the_language_of_its_reader(language: str, said: str) -> None:
    issue = IssueFactory(number=1, state=IssueState.SENT, started_at=timezone.now(), readers=1)
    for code, words in (("nl", "Dag allemaal"), ("en", "Hello all")):
        issue.editions.create(language=code, content={"subject": words, "preheader": "", "sections": []})

    assert previewing.content_to_show(issue, language, timezone.now(), None)["subject"] == said


def test_page_says_since_when_it_looks_for_news(board: Client, issue: Issue) -> None:
    started_at = dt.datetime(2020, 11, 3, 9, tzinfo=dt.UTC)
    IssueFactory(number=1, state=IssueState.SENT, started_at=started_at, readers=1, audience=issue.audience)

    assert "nieuw is sinds 3 november 2020" in board.get(path(issue)).content.decode()


def test_block_of_another_issue_is_left_alone(board: Client, issue: Issue) -> None:
    other = BlockFactory(title="Van een ander")

    board.post(path(issue), typed(issue, doe=f"weg:{other.pk}", **{f"b{other.pk}-title": "Gekaapt"}))

    assert Block.objects.get(pk=other.pk).title == "Van een ander"


def test_more_blocks_than_can_be_are_refused(board: Client, issue: Issue) -> None:
    for _more in range(MOST_BLOCKS):
        board.post(path(issue), typed(issue, doe="erbij:text"))

    assert issue.blocks.count() == MOST_BLOCKS


def test_of_two_who_save_the_second_sees_both_texts(board: Client, issue: Issue) -> None:
    first, second = typed(issue, subject="Van Corrie"), typed(issue, subject="Van Rachid")
    board.post(path(issue), first)

    answer = board.post(path(issue), second)

    html = answer.content.decode()
    issue.refresh_from_db()
    assert (answer.status_code, issue.subject) == (422, "Van Corrie")
    assert "Van Corrie" in html
    assert 'value="Van Rachid"' in html
    version = re.findall(r'name="version" value="(\d+)"', html)[0]
    assert board.post(path(issue), second | {"version": version}).status_code == 302
    issue.refresh_from_db()
    assert issue.subject == "Van Rachid"


def test_block_that_a_colleague_put_in_meanwhile_stays_as_it_is(board: Client, issue: Issue) -> None:
    mine = typed(issue, subject="Van Rachid")
    board.post(path(issue), typed(issue, doe="erbij:text"))
    added = issue.blocks.latest("order")
    board.post(path(issue), typed(issue, **{f"b{added.pk}-title": "Van Corrie", f"b{added.pk}-body": "Haar tekst"}))

    conflict = board.post(path(issue), mine).content.decode()
    version = re.findall(r'name="version" value="(\d+)"', conflict)[0]
    shown = {f"b{added.pk}-title": "Van Corrie", f"b{added.pk}-body": "Haar tekst", f"b{added.pk}-order": "3"}
    again = [board.post(path(issue), mine | {"version": version}), board.post(path(issue), typed(issue, **shown))]

    added.refresh_from_db()
    assert 'value="Van Corrie"' in conflict
    assert "Haar tekst</textarea>" in conflict
    assert [answer.status_code for answer in again] == [302, 302]
    assert (added.title, added.body, titles(issue)) == ("Van Corrie", "Haar tekst", ["A", "B", "C", "Van Corrie"])


def picture(size: tuple[int, int] = (40, 30)) -> SimpleUploadedFile:
    made = io.BytesIO()
    Image.new("RGB", size, "red").save(made, "PNG")
    return SimpleUploadedFile("foto.png", made.getvalue(), "image/png")


def test_picture_is_made_anew_and_one_of_five_megabytes_is_refused_beside_its_field(
    board: Client, issue: Issue
) -> None:
    block = issue.blocks.order_by("order")[0]
    large = SimpleUploadedFile("groot.png", b"x" * (5 * 1024 * 1024 + 1), "image/png")

    refused = board.post(path(issue), typed(issue, subject="Blijft staan") | {f"b{block.pk}-picture": large})
    kept = board.post(path(issue), typed(issue) | {f"b{block.pk}-picture": picture()})

    html = refused.content.decode()
    assert (refused.status_code, kept.status_code) == (422, 302)
    assert "groter dan 5 MB" in html
    assert 'value="Blijft staan"' in html
    block.refresh_from_db()
    assert re.fullmatch(r"newsletters/[0-9a-f]{32}\.jpg", block.picture.name)
    served = board.get(block.picture.url)
    assert (served["Content-Type"], served["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert Image.open(io.BytesIO(served.getvalue())).format == "JPEG"


def test_what_is_out_is_not_written_on(board: Client, issue: Issue) -> None:
    Issue.objects.update(state=IssueState.SENDING, number=1, started_at=timezone.now(), readers=1)

    answer = board.post(path(issue), typed(issue, subject="Te laat"))

    unchanged = board.post(path(issue), typed(issue))

    assert (answer.status_code, unchanged.status_code) == (409, 302)
    assert "Te laat" in answer.content.decode()
    assert f'href="{path(issue, "voortgang/")}"' in answer.content.decode()
    assert unchanged["Location"] == path(issue, "voortgang/")
    assert not Issue.objects.filter(subject="Te laat").exists()


def test_draft_that_was_scheduled_once_is_set_aside_with_who_did_so(cast: Cast, board: Client, issue: Issue) -> None:
    by, later = Actor.of(cast.board), timezone.now() + dt.timedelta(days=1)
    issue.schedule(by, timezone.now(), at=later)
    refused = board.post(path(issue, "weg/"))["Location"]
    issue.unschedule(by, timezone.now())
    mine = typed(issue, subject="Mijn lange werk")

    asked = board.get(path(issue, "weg/"))
    board.post(path(issue, "weg/"))
    late = board.post(path(issue), mine)

    stored = Issue.objects.get()
    assert (refused, asked.status_code) == (path(issue, "versturen/"), 200)
    assert (stored.state, stored.audience, stored.blocks.count()) == (IssueState.DISCARDED, None, 0)
    assert stored.steps.latest("pk").actor == cast.board
    assert path(issue) not in board.get("/bestuur/nieuwsbrief/").content.decode()
    assert (late.status_code, "Mijn lange werk" in late.content.decode()) == (409, True)
    for page in ("", "versturen/", "voortgang/"):
        assert board.get(path(issue, page))["Location"] == "/bestuur/nieuwsbrief/"


def test_what_is_scheduled_is_taken_back_to_be_mended(board: Client, issue: Issue) -> None:
    Issue.objects.update(subject="", state=IssueState.SCHEDULED, scheduled_at=timezone.now() + dt.timedelta(days=1))

    page = board.get(path(issue, "versturen/")).content.decode()

    assert "Haal hem eerst uit de planning" in page
    assert f'<a href="{path(issue, "versturen/")}#terug">Er is nog geen onderwerp.</a>' in page
    assert 'id="terug"' in page


def test_draft_is_thrown_away_after_a_question(board: Client, issue: Issue) -> None:
    asked = board.get(path(issue, "weg/"))
    still = Issue.objects.count()
    board.post(path(issue, "weg/"))

    assert (asked.status_code, still, Issue.objects.count()) == (200, 1, 0)


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_odd_things_in_every_field_are_kept_or_explained(board: Client, issue: Issue, odd: str) -> None:
    BlockFactory(issue=issue, kind="needs_open", title="", body="", order=3)
    changes = {name: odd for name in typed(issue) if name not in {"version"}}

    for page in ("", "voorbeeld/"):
        answer = board.post(path(issue, page), typed(issue, **changes) | {"persoon": odd, "toon": odd})
        html = answer.content.decode()
        assert answer.status_code in {200, 302, 422}
        assert "<script>alert(1)</script>" not in html
        assert answer.status_code != 422 or "aria-invalid" in html


# --- Looking at it ---------------------------------------------------------------------------------------------------


def test_preview_shows_what_is_typed_and_keeps_nothing(board: Client, issue: Issue) -> None:
    block = issue.blocks.order_by("order")[0]
    changes = {f"b{block.pk}-body": "Net getypt, <script>alert(1)</script> {voornaam}", f"b{block.pk}-order": "9"}

    answer = board.post(path(issue, "voorbeeld/"), typed(issue, subject="Nieuw onderwerp") | changes)

    html = answer.content.decode()
    assert "Net getypt" in html
    assert "<script>alert" not in html
    assert html.index(">C</h2>") < html.index(">A</h2>")
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "script-src" not in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    issue.refresh_from_db()
    assert (issue.subject, titles(issue)) == ("Nieuws uit de kring", ["A", "B", "C"])


def test_preview_as_text_in_the_dark_on_a_phone_and_as_a_reader(board: Client, issue: Issue) -> None:
    SubscriberFactory(email="nadia@voorbeeld.example", name="Nadia Hoogerduijn")

    def shown(**how: str) -> str:
        return board.get(path(issue, "voorbeeld/"), how).content.decode()

    assert "Dag Nadia, er staan 84 gerechten op. Kijk maar" in shown(toon="tekst", persoon="Nadia@voorbeeld.example")
    assert "Dag lezer, er staan" in shown()
    assert "krijgt deze editie niet" in shown(persoon="iemand@anders.example")
    assert "@media not all" in shown()
    assert "@media all" in shown(donker="ja")
    assert "max-width:390px" in shown(telefoon="ja")
