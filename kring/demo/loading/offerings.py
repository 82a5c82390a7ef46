"""The menu card: categories, offerings, needs and shortlists."""

from __future__ import annotations

from decimal import Decimal

from kring.demo.loading.members import by_id
from kring.demo.loading.source import Source
from members.models import District, Organisation
from offerings.models import Category, FreshnessCount, Need, Offering, Shortlist, ShortlistItem

DATES = {"published_on", "confirmed_on"}


def load(source: Source) -> None:
    load_categories(source)
    load_offerings(source)
    load_needs(source)
    load_shortlists(source)
    load_freshness(source)


def load_categories(source: Source) -> None:
    for row in source.rows("lists")["categories"]:
        parent = Category.objects.get(slug=row["parent"]) if row["parent"] else None
        Category.objects.create(**row | {"parent": parent})


def load_offerings(source: Source) -> None:
    organisations = {each.slug: each for each in Organisation.objects.all()}
    categories = {each.slug: each for each in Category.objects.all()}
    districts = {each.slug: each for each in District.objects.all()}
    people = by_id(source)
    Offering.objects.bulk_create(
        Offering(
            **row
            | {
                "uuid": source.uuid("offering", row["slug"]),
                "organisation": organisations[row["organisation"]],
                "category": categories[row["category"]],
                "district": districts.get(row.get("district") or ""),
                "contact": people.get(row.get("contact") or ""),
                "price": Decimal(row["price"]) if row.get("price") else None,
                "created_at": source.moment(row["published_on"] or "2015-11-01"),
            }
            | {field: source.day(row[field]) or source.today for field in DATES}
        )
        for row in source.rows("offerings")
    )


def load_needs(source: Source) -> None:
    organisations = {each.slug: each for each in Organisation.objects.all()}
    for row in source.rows("needs"):
        created = row.pop("created_on")
        Need.objects.create(
            **row
            | {
                "uuid": source.uuid("need", row["slug"]),
                "organisation": organisations[row["organisation"]],
                "confirmed_on": source.date(row["confirmed_on"]),
                "created_at": source.moment(created),
            }
        )


def load_shortlists(source: Source) -> None:
    people = by_id(source)
    for row in source.rows("shortlists"):
        shortlist = Shortlist.objects.create(user=people[row["person"]], note=row["note"])
        offerings = {each.slug: each for each in Offering.objects.filter(slug__in=row["offerings"])}
        ShortlistItem.objects.bulk_create(
            ShortlistItem(shortlist=shortlist, offering=offerings[slug]) for slug in row["offerings"]
        )


def load_freshness(source: Source) -> None:
    """How fresh the card was in the months before."""
    FreshnessCount.objects.bulk_create(
        FreshnessCount(day=source.date(row["day"]), offerings=row["offerings"], fresh=row["fresh"])
        for row in source.rows("freshness")
    )
