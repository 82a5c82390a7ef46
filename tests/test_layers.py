"""Who may know whom, where import-linter cannot look: foreign keys that name their model in a string."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import AppConfig, apps
from django.db.models import Field, Model
from django.db.models.signals import post_migrate

ROOT = Path(__file__).resolve().parent.parent


def layers() -> list[list[str]]:
    """The rooms from the top down, as the contract in pyproject.toml has them."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    wanted = next(contract for contract in contracts if contract["name"] == "Who may know whom")
    return [[room.strip(" ()") for room in layer.split("|")] for layer in wanted["layers"]]


HEIGHT = {room: -depth for depth, layer in enumerate(layers()) for room in layer}
OURS = [config for config in apps.get_app_configs() if (ROOT / config.name.replace(".", "/")).is_dir()]


def relations(model: type[Model]) -> Iterator[tuple[Field, type[Model]]]:
    for field in model._meta.get_fields():
        if isinstance(field, Field) and field.is_relation and field.related_model:
            assert field.related_model != "self"
            yield field, field.related_model  # type: ignore[misc]


@pytest.mark.parametrize("config", OURS, ids=lambda config: config.label)
def test_every_room_has_its_place(config: AppConfig) -> None:
    assert config.name in HEIGHT


@pytest.mark.parametrize("config", OURS, ids=lambda config: config.label)
def test_foreign_keys_point_down(config: AppConfig) -> None:
    up = [
        f"{model.__name__}.{field.name} -> {other._meta.label}"
        for model in config.get_models(include_auto_created=True)
        for field, other in relations(model)
        if other._meta.app_config in OURS
        and other._meta.app_config is not config
        and HEIGHT[other._meta.app_config.name] >= HEIGHT[config.name]
    ]

    assert up == []


def test_nothing_of_ours_is_made_by_migrating() -> None:
    """Tests that empty the tables count on it: see tests/conftest.py."""
    receivers = [receiver() for _key, receiver, *_more in post_migrate.receivers]
    modules = {receiver.__module__ for receiver in receivers if receiver is not None}

    assert {module for module in modules if not module.startswith(("django.", "allauth."))} == set()
