"""The circle, its lists, its people and its organisations."""

from __future__ import annotations

import datetime as dt
from typing import Any

from allauth.account.models import EmailAddress
from django.db.backends.postgresql.psycopg_any import DateRange

from kring.accounts.models import BoardSeat, User
from kring.demo.loading.source import Source
from kring.foundation import trail
from kring.foundation.actors import Actor, ActorKind
from kring.foundation.models import Circle
from members.models import (
    Application,
    BusinessArea,
    District,
    Membership,
    MembershipTransition,
    Organisation,
    Role,
    RoleKind,
    Sector,
    TargetGroup,
)
from members.models.memberships import APPLYING, WITHOUT_PERIOD

NOT_FIELDS = {"owner", "editors", "membership", "districts", "target_groups", "main_sector", "business_area"}


def load(source: Source) -> None:
    trail.sign(Actor.system(), source.moment("2014-11-19"))
    load_circle(source)
    load_lists(source)
    load_people(source)
    load_organisations(source)
    load_memberships(source)
    load_roles(source)


def load_circle(source: Source) -> None:
    fields = source.rows("circle")["circle"]
    Circle(**fields | {"founded_on": source.date(fields["founded_on"])}).save()


def load_lists(source: Source) -> None:
    lists = source.rows("lists")
    Sector.objects.bulk_create(Sector(**row) for row in lists["sectors"])
    BusinessArea.objects.bulk_create(BusinessArea(**row) for row in lists["business_areas"])
    TargetGroup.objects.bulk_create(TargetGroup(**row) for row in lists["target_groups"])
    for row in lists["districts"]:
        parent = District.objects.get(slug=row["parent"]) if row["parent"] else None
        District.objects.create(**row | {"parent": parent})


def load_people(source: Source) -> None:
    circle = source.rows("circle")
    joined = source.moment("2014-11-18")
    users = [
        User(uuid=source.uuid("person", row["id"]), name=row["name"], email=row["email"], date_joined=joined)
        for row in source.rows("people")
    ]
    administrator = circle["cast"]["administrator"]
    users.append(
        User(
            uuid=source.uuid("person", "administrator"),
            is_staff=True,
            is_superuser=True,
            date_joined=joined,
            **administrator,
        )
    )
    for user in users:
        user.set_unusable_password()
    User.objects.bulk_create(users)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users
    )
    people = by_id(source)
    BoardSeat.objects.bulk_create(
        BoardSeat(
            user=people[seat["person"]],
            function=seat["function"],
            portfolio=seat["portfolio"],
            since=source.date(seat["since"]),
        )
        for seat in circle["board"]
    )


def by_id(source: Source) -> dict[str, User]:
    """The users by the name that the data gives them."""
    users = {user.uuid: user for user in User.objects.all()}
    return {row["id"]: users[source.uuid("person", row["id"])] for row in source.rows("people")}


def load_organisations(source: Source) -> None:
    sectors = {sector.slug: sector for sector in Sector.objects.all()}
    areas = {area.slug: area for area in BusinessArea.objects.all()}
    people = by_id(source)
    rows = source.rows("organisations")
    made = [
        Organisation(
            uuid=source.uuid("organisation", row["slug"]),
            main_sector=sectors.get(row["main_sector"]),
            business_area=areas.get(row.get("business_area") or ""),
            contact=people.get(row["owner"]),
            created_at=source.moment("2014-11-19"),
            **{
                field: source.day(value) if field in {"profile_confirmed_on", "listed_on"} else value
                for field, value in row.items()
                if field not in NOT_FIELDS
            },
        )
        for row in rows
    ]
    Organisation.objects.bulk_create(made)
    link(Organisation.districts.through, "district", District, made, [row["districts"] for row in rows])
    link(Organisation.target_groups.through, "targetgroup", TargetGroup, made, [row["target_groups"] for row in rows])


def link(through: Any, name: str, model: Any, owners: list[Organisation], slugs: list[list[str]]) -> None:
    """The rows of a many-to-many table."""
    keys = dict(model.objects.values_list("slug", "pk"))
    through.objects.bulk_create(
        through(organisation=owner, **{f"{name}_id": keys[slug]})
        for owner, wanted in zip(owners, slugs, strict=True)
        for slug in wanted
    )


WRITTEN = ("name", "tagline", "website", "kvk_number", "street", "house_number", "postcode", "city", "legal_form")


def load_memberships(source: Source) -> None:
    organisations = {each.slug: each for each in Organisation.objects.all()}
    for row in source.rows("organisations"):
        if "membership" not in row:
            continue
        about = row["membership"]
        since, until = source.day(about["since"]), source.day(about["until"])
        period = (
            None if about["status"] in WITHOUT_PERIOD else DateRange(since, until and until + dt.timedelta(days=1))
        )
        membership = Membership.objects.create(
            organisation=organisations[row["slug"]],
            status=about["status"],
            period=period,
            applied_on=source.date(about["steps"][0]["on"]),
            contribution=about["contribution"],
            paid_until=source.day(about["paid_until"]),
            reason=about["reason"],
        )
        MembershipTransition.objects.bulk_create(steps(source, membership, about["steps"]))
        if about["status"] in APPLYING:
            apply(source, membership, row)


def apply(source: Source, membership: Membership, row: dict[str, Any]) -> None:
    """What an organisation wrote that the board has still to decide about."""
    writer = by_id(source)[row["owner"]]
    asked = [step for step in row["membership"]["steps"] if step["to"] == "info_requested"]
    said = [step for step in row["membership"]["steps"][1:] if step["to"] == "applied"]
    sent = source.moment(row["membership"]["steps"][0]["on"])
    Application.objects.create(
        uuid=source.uuid("application", row["slug"]),
        organisation=membership.organisation,
        membership=membership,
        name=writer.name,
        email=writer.email,
        phone=writer.phone,
        answers={name: [str(row[name])] for name in WRITTEN if row[name]}
        | {
            "main_sector": [str(membership.organisation.main_sector_id)],
            "districts": [str(each.pk) for each in membership.organisation.districts.all()],
        },
        motivation=row["story"],
        question=asked[-1]["note"] if asked else "",
        asked_at=source.moment(asked[-1]["on"]) if asked else None,
        answer=said[-1]["note"] if said else "",
        answered_at=source.moment(said[-1]["on"]) if said else None,
        created_at=sent,
        saved_at=sent,
        proven_at=sent,
        confirmed_at=sent,
    )


def steps(source: Source, membership: Membership, rows: list[dict[str, Any]]) -> list[MembershipTransition]:
    people = by_id(source)
    made, before = [], ""
    for row in rows:
        actor = people.get(row["by"])
        made.append(
            MembershipTransition(
                membership=membership,
                before=before,
                after=row["to"],
                at=source.moment(row["on"]),
                note=row["note"],
                actor=actor,
                actor_kind=ActorKind.USER if actor else ActorKind.SYSTEM,
                actor_name=actor.name if actor else row["by"],
            )
        )
        before = row["to"]
    return made


def load_roles(source: Source) -> None:
    organisations = {each.slug: each for each in Organisation.objects.all()}
    people = by_id(source)
    since = source.date("2014-11-19")
    Role.objects.bulk_create(
        Role(user=people[person], organisation=organisations[row["slug"]], role=role, since=since)
        for row in source.rows("organisations")
        for person, role in [
            (row["owner"], RoleKind.OWNER),
            *((editor, RoleKind.EDITOR) for editor in row["editors"]),
        ]
    )
