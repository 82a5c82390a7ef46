"""The copy that tests begin with is the demo as it was read."""

from __future__ import annotations

import pytest
from django.apps import apps

from offerings.models import Offering
from tests.demo_copy import load_demo
from tests.factories import OfferingFactory

pytestmark = pytest.mark.django_db(transaction=True)


def numbers() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


def test_copy_is_what_was_read_and_goes_on_from_there(reminder_rules: None) -> None:
    load_demo()
    read, last = numbers(), Offering.objects.latest("pk").pk
    Offering.objects.filter(pk=last).update(title="Iets anders")
    load_demo()

    assert numbers() == read
    assert Offering.objects.get(pk=last).title != "Iets anders"
    assert OfferingFactory().pk > last
