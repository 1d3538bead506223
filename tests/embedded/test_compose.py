"""The container files keep what they promise; there is no container engine here to ask."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from compose_spec import PyCompose

from tests.embedded.support import REPOSITORY

TEXT = (REPOSITORY / "docker-compose.yml").read_text()
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(TEXT)["services"]
OURS = {"migrate", "app", "dispatcher", "worker"}
LASTING = sorted(SERVICES.keys() - {"migrate"})


def test_it_follows_the_compose_specification() -> None:
    # Compose itself fills in variables and merge keys first; the library does not.
    filled_in = re.sub(r"\$\{[A-Z_]+:([-?])([^}]*)\}", _fill_in, TEXT)
    parsed = PyCompose.from_yaml(yaml.safe_dump(yaml.safe_load(filled_in)))
    assert set(parsed.service_names()) == OURS | {"postgres", "redis"}


def _fill_in(variable: re.Match[str]) -> str:
    kind, text = variable.groups()
    return text if kind == "-" else "given"


def test_no_secret_has_a_default() -> None:
    substituted = re.findall(r"(?<!\$)\$\{([A-Z_]+)([^}]*)\}", TEXT)
    assert {"POSTGRES_PASSWORD", "REDIS_PASSWORD"} <= {name for name, _ in substituted}
    for name, rest in substituted:
        if "PASSWORD" in name:
            assert rest.startswith(":?"), f"{name} must be required"
    for service in SERVICES.values():
        for name, value in service["environment"].items():
            if re.search("PASSWORD|URL", name):
                assert "PASSWORD:?" in value


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_nobody_is_root_or_writes_outside_of_volumes(name: str) -> None:
    service = SERVICES[name]
    assert service["user"].split(":")[0] not in ("", "0", "root")
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert not service.get("privileged")


@pytest.mark.parametrize("name", LASTING)
def test_everything_that_lasts_is_checked(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]


def test_parts_start_after_what_they_need() -> None:
    assert SERVICES["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    for name in OURS - {"migrate"}:
        conditions = SERVICES[name]["depends_on"]
        assert conditions["migrate"] == {"condition": "service_completed_successfully"}
        assert conditions["redis"] == {"condition": "service_healthy"}


def test_only_the_app_is_published_and_only_on_loopback() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert list(published) == ["app"]
    assert all(port.startswith("127.0.0.1:") for port in published["app"])


def test_the_image_does_not_run_as_root() -> None:
    lines = (REPOSITORY / "Dockerfile").read_text().splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users
    assert users[-1].split(":")[0] not in ("0", "root")
    uid = users[-1].split(":")[0]
    assert SERVICES["app"]["user"].split(":")[0] == uid
    ignored = (REPOSITORY / ".dockerignore").read_text().splitlines()
    assert {".env", ".data", ".venv", ".git"} <= set(ignored)
