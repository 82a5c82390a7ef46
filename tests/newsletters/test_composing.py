"""Writing an issue on one page: every button keeps what was typed, and nobody's words are written over unseen."""

from __future__ import annotations

import io
import re
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from kring.newsletters import checking, previewing
from kring.newsletters.models import MOST_BLOCKS, Archive, Block, Group, Issue, IssueState
from tests.conftest import Cast
from tests.factories import BlockFactory, IssueFactory, NewsletterAudienceFactory, OfferingFactory, SubscriberFactory
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
    assert re.fullmatch(r"newsletters/[0-9a-f]{32}\.webp", block.picture.name)


def test_what_is_out_is_not_written_on(board: Client, issue: Issue) -> None:
    Issue.objects.update(state=IssueState.SENDING, number=1, started_at=timezone.now(), readers=1)

    answer = board.post(path(issue), typed(issue, subject="Te laat"))

    unchanged = board.post(path(issue), typed(issue))

    assert (answer.status_code, unchanged.status_code) == (409, 302)
    assert "Te laat" in answer.content.decode()
    assert f'href="{path(issue, "voortgang/")}"' in answer.content.decode()
    assert unchanged["Location"] == path(issue, "voortgang/")
    assert not Issue.objects.filter(subject="Te laat").exists()


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


# --- Checks ----------------------------------------------------------------------------------------------------------


def stopping(issue: Issue) -> list[tuple[str, str]]:
    found = checking.findings(Issue.objects.get(pk=issue.pk), timezone.now())
    return [(each.sentence, each.place.partition("#")[2]) for each in found if each.stops]


def doubts(issue: Issue) -> list[str]:
    found = checking.findings(Issue.objects.get(pk=issue.pk), timezone.now())
    return [each.sentence for each in found if not each.stops]


@pytest.fixture
def ready() -> Block:
    """The one block of an issue in which there is nothing to mend."""
    SubscriberFactory()
    block: Block = IssueFactory(tested_at=timezone.now()).blocks.get()
    assert (stopping(block.issue), doubts(block.issue)) == ([], [])
    return block


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("Hier staat [een link](", "Dit wordt geen link of foto"),
        ("![foto](https://voorbeeld.example/x.png)", "Dit wordt geen link of foto: ![foto](https"),
        ("Dit is **vet en houdt niet op", "Ergens begint vet"),
        ("```\ncode", "Ergens begint een blok code"),
        ("Dit is <b>vet</b>", "HTML werkt hier niet: <b>"),
        ("Dag {achternaam}", "We weten niet wat {achternaam} moet worden"),
        ("[klik](javascript:alert)", "Dit wordt geen link of foto: [klik](javascript"),
        ("[mail](mailto:a@voorbeeld.example)", "is geen webadres"),
        ("[klik]()", "is geen webadres"),
        ("[klik](//kwaad.example/x)", "is geen webadres"),
        ("[klik](https://localhost/x)", "is geen compleet webadres"),
        ("[klik](/menukaart/bestaat-niet/)", "kan een bezoeker niet zien"),
        ("[klik](/bestaat-niet/)", "bestaat niet op deze site"),
        ("[klik](/bijeenkomsten/geheim/)", "kan een bezoeker niet zien"),
        ("[klik](/nieuwsbrief/999/)", "kan een bezoeker niet zien"),
        ("[klik](/bestuur/nieuwsbrief/)", "kan een bezoeker niet zien"),
        ("[klik](/beheer/)", "kan een bezoeker niet zien"),
    ],
)
def test_broken_text_stops_with_its_place(ready: Block, body: str, said: str) -> None:
    Block.objects.update(body=body)

    ((sentence, place),) = stopping(ready.issue)[:1]
    assert said in sentence
    assert place == f"id_b{ready.pk}-body"


@pytest.mark.parametrize(
    ("field", "changes", "said"),
    [
        ("body", {"title": "", "body": " "}, "Dit blok is leeg"),
        ("title", {"title": "{onbekend}"}, "We weten niet wat {onbekend}"),
        ("picture_alt", {"picture": "newsletters/x.webp"}, "Schrijf wat er op de foto staat"),
        ("button_url", {"button_label": "Klik"}, "gaat nergens heen"),
        ("button_label", {"button_url": "https://voorbeeld.example/"}, "er staat niets op de knop"),
        ("button_url", {"button_label": "Klik", "button_url": "ftp://x.example"}, "is geen webadres"),
        (
            "button_label",
            {"button_label": "Hoi {voornaam}", "button_url": "https://x.example/"},
            "{voornaam} werkt hier",
        ),
        ("button_url", {"button_label": "Klik", "button_url": "https://x.example/{naam}"}, "{naam} werkt hier niet"),
        ("picture_alt", {"picture": "newsletters/x.webp", "picture_alt": "{naam}"}, "{naam} werkt hier niet"),
    ],
)
def test_faulty_block_stops_with_its_place(ready: Block, field: str, changes: dict[str, str], said: str) -> None:
    Block.objects.update(**changes)

    ((sentence, place),) = stopping(ready.issue)
    assert said in sentence
    assert place == f"id_b{ready.pk}-{field}"


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"subject": ""}, "id_subject"),
        ({"subject": "Dag {wie}"}, "id_subject"),
        ({"preheader": "Dag {wie}"}, "id_preheader"),
        ({"audience": None}, "id_audience"),
    ],
)
def test_envelope_that_is_not_ready_stops(ready: Block, changes: dict[str, Any], place: str) -> None:
    Issue.objects.update(**changes)

    assert [each[1] for each in stopping(ready.issue)] == [place]


def test_empty_issue_stops(ready: Block) -> None:
    Block.objects.update(kind="new_members", title="", body="")
    assert [sentence for sentence, _place in stopping(ready.issue)] == [
        "Alle blokken zijn leeg: er is niets te lezen."
    ]

    Block.objects.all().delete()
    assert [sentence for sentence, _place in stopping(ready.issue)] == ["Er staat nog niets in deze editie."]


@pytest.mark.parametrize(
    ("of_issue", "of_block", "said"),
    [
        ({"subject": "KOM ALLEMAAL KIJKEN"}, {}, "hoofdletters"),
        ({"subject": "Kom kijken!!"}, {}, "uitroepteken"),
        ({"subject": "x" * 90}, {}, "lang"),
        ({"preheader": ""}, {}, "leeg"),
        ({"tested_at": None}, {}, "proefmail"),
        ({}, {"body": "[kijk](https://bit.ly/abc)"}, "verbergt waar de link heen gaat"),
        ({}, {"body": "[www.rabobank.nl](https://kwaad.example/)"}, "maar de link gaat naar kwaad.example"),
        ({}, {"body": "[kijk](https://10.0.0.1/)"}, "oplichters"),
        ({}, {"body": "[kijk](/mijn/)"}, "moet een lezer inloggen"),
        ({}, {"body": "woord " * 20_000}, "Gmail knipt hem af"),
    ],
)
def test_what_looks_odd_is_said_and_stops_nothing(
    ready: Block, of_issue: dict[str, Any], of_block: dict[str, str], said: str
) -> None:
    Issue.objects.update(**of_issue)
    Block.objects.update(**of_block)

    assert stopping(ready.issue) == []
    assert [sentence for sentence in doubts(ready.issue) if said in sentence] != []


def test_links_that_visitors_can_follow_are_fine(ready: Block, cast: Cast) -> None:
    offering = OfferingFactory(organisation=cast.member)
    Block.objects.update(
        body=f"[kijk]({offering.get_absolute_url()}) en [www.voorbeeld.nl](https://www.voorbeeld.nl/x) met `<b>`"
    )

    assert (stopping(ready.issue), doubts(ready.issue)) == ([], [])
