"""What a program reads of a commitment, and who sees the pictures of what was done."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from commitments import promising
from commitments.models import Commitment, CommitmentState, Evidence, Side
from kring.foundation.actors import Actor
from tests.commitments.test_life import between
from tests.commitments.test_links import path_in_mail
from tests.commitments.test_together import pair
from tests.conftest import Cast

pytestmark = pytest.mark.django_db

S = CommitmentState
NOW = timezone.now()
SYSTEM = Actor.system()
PATH = "/api/v1/commitments/"


def with_photo(commitment: Commitment) -> Evidence:
    update = commitment.add_update(SYSTEM, NOW, quantity=Decimal(2), note="Twee uur.", once=uuid.uuid4())
    picture = ContentFile(b"RIFF....WEBP", name=f"{uuid.uuid4().hex}.webp")
    found: Evidence = update.evidence.create(image=picture, alt="De muur")
    return found


def test_program_reads_all_that_the_page_shows(cast: Cast) -> None:
    main, back = pair(cast, state=S.STARTED)
    day = main.due_on + dt.timedelta(days=7)
    proposal = main.propose_date(SYSTEM, NOW, side=Side.PROMISOR, new_date=day, reason="De verf is op.")
    main.ask_board(Actor.of(cast.business), NOW, note="Ze nemen niet op.", side=Side.BENEFICIARY)
    with_photo(main)

    shown = cast.program("business").get(f"{PATH}{main.uuid}/").json()

    asked = {"id": str(proposal.uuid), "new_date": day.isoformat(), "side": "promisor", "reason": "De verf is op."}
    assert (shown["asked_date"], shown["needs_board"], shown["waits_for"]) == (asked, True, [])
    assert (shown["counter_commitment"], shown["counter_favour_of"]) == (str(back.uuid), None)
    assert cast.program("business").get(f"{PATH}{back.uuid}/").json()["counter_favour_of"] == str(main.uuid)
    told = {each["text"]: each for each in shown["history"]}
    assert told["Twee uur."]["image"].endswith(".webp")
    assert "Ze nemen niet op." in told
    to_others = Client().get(f"{PATH}{main.uuid}/").json()["history"]
    assert "Ze nemen niet op." not in {each["text"] for each in to_others}


def test_program_reads_who_is_asked(cast: Cast) -> None:
    made = between(cast, state=S.PROPOSED, proposed_at=NOW)

    assert cast.program("owner").get(f"{PATH}{made.uuid}/").json()["waits_for"] == ["beneficiary"]
    [listed] = cast.program("owner").get(PATH).json()["results"]
    assert (listed["waits_for"], "history" in listed) == (["beneficiary"], False)


def test_what_comes_back_is_named_to_who_may_see_it(cast: Cast) -> None:
    main, back = pair(cast, state=S.AGREED)
    Commitment.objects.filter(pk=back.pk).update(visibility="parties")

    assert Client().get(f"{PATH}{main.uuid}/").json()["counter_commitment"] is None
    assert cast.program("owner").get(f"{PATH}{main.uuid}/").json()["counter_commitment"] == str(back.uuid)


def test_picture_is_for_who_may_see_the_commitment(cast: Cast) -> None:
    made = between(cast, visibility="parties")
    evidence = with_photo(made)
    path = f"{made.get_absolute_url()}foto/{evidence.uuid}.webp"

    seen = {
        who: cast.client(who).get(path).status_code for who in ("visitor", "outsider", "owner", "business", "board")
    }

    assert seen == {"visitor": 404, "outsider": 404, "owner": 200, "business": 200, "board": 200}
    ways_round = (f"/media/{way}{evidence.image.name}" for way in ("", "./", "x/../", "evidence/../"))
    assert {Client().get(way).status_code for way in ways_round} == {404}
    assert path in cast.client("owner").get(made.get_absolute_url()).content.decode()


def test_receiver_sees_the_picture_behind_the_link_without_signing_in(cast: Cast, client: Client) -> None:
    made = between(cast, visibility="parties")
    evidence, other = with_photo(made), with_photo(between(cast, visibility="parties"))
    promising.report(made, SYSTEM, NOW, quantity=Decimal(10), note="Klaar.", once=uuid.uuid4())
    path = path_in_mail(cast.business.email)

    page = client.get(path).content.decode()
    answer = client.get(f"{path}?foto={evidence.uuid}")

    assert f'src="?foto={evidence.uuid}" alt="De muur"' in page
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert "no-store" in answer["Cache-Control"]
    assert client.get(f"{path}?foto={other.uuid}").status_code == 404
