"""Who may import whom, and the habits of the code that no linter knows."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGES = (
    *("core", "workers", "cli", "embedded", "web", "pages", "api", "bench", "migrations"),
    "clients",
)
FACES = {"pages", "web", "api", "cli", "workers"}
MAY_IMPORT = {
    "streamlit": {"app.py", "pages", "bench"},
    "starlette": {"app.py", "web", "api"},
    "fastapi": {"app.py", "web", "api"},
    "mcp": {"app.py", "web", "api"},
    "huey": {"workers", "bench"},
    "redis": {"core/signals", "workers", "embedded", "bench"},
    "sqlalchemy": {"core/store", "core/services", "migrations", "bench"},
    "httpx": {"clients"},
    "alembic": {"migrations", "cli", "embedded", "bench"},
}
WRITES = {"transact", "transact_alone", "transact_directly"}
READS = (
    *("get_", "list_", "find_", "read_", "browse_", "walk_", "count_", "last_"),
    *("check_", "demand_", "inspect_", "prepare_", "verify_"),
)
READS_THAT_WRITE = {"find_token_principal"}  # it notes when the token was used
VAGUE_NAMES = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "manager",
    "managers",
    "base",
    "misc",
}
MOST_LINES = 400


def sources() -> list[Path]:
    found = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return [path for path in (ROOT / "app.py", *found) if path.exists()]


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Yield the modules that a file imports, relative ones by their whole name; with levels."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((alias.name, 0) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield module, node.level
            yield from ((f"{module}.{alias.name}", node.level) for alias in node.names)


def test_the_import_contracts_are_kept() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    ran = subprocess.run(
        [program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout[-3000:]
    assert "0 broken" in ran.stdout


def test_every_package_of_the_product_is_under_the_contracts() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    roots = text.split("root_packages = [")[1].split("]")[0]
    for package in PACKAGES:
        if package != "migrations" and list((ROOT / package).rglob("*.py")):
            is_there = f'"{package}"' in roots or f'"{package}.' in roots
            assert is_there, f"{package} is not in root_packages"


def test_nothing_is_imported_relatively() -> None:
    found = [
        (place(path), module) for path in sources() for module, level in imports(path) if level
    ]
    assert found == []


@pytest.mark.parametrize("library", MAY_IMPORT)
def test_a_library_stays_where_it_belongs(library: str) -> None:
    allowed = MAY_IMPORT[library]
    found = {
        place(path)
        for path in sources()
        for module, _ in imports(path)
        if module.split(".")[0] == library
        and not any(place(path) == one or place(path).startswith(f"{one}/") for one in allowed)
    }
    assert found == set()


def test_faces_never_import_each_other() -> None:
    found = [
        (place(path), module)
        for path in sources()
        for module, _ in imports(path)
        if (face := place(path).split("/")[0]) in FACES
        and (other := module.split(".")[0]) in FACES
        and other != face
    ]
    assert found == []


def test_the_assembled_app_knows_faces_but_neither_store_nor_signals() -> None:
    app = ROOT / "app.py"
    if not app.exists():
        pytest.skip("there is no app.py yet")
    found = [
        module
        for module, _ in imports(app)
        if module.startswith(("core.store", "core.signals", "core.planning", "workers", "cli"))
    ]
    assert found == []


def test_the_domain_stands_on_the_standard_library_and_on_the_errors() -> None:
    found = set()
    for path in (ROOT / "core/domain").rglob("*.py"):
        for module, _ in imports(path):
            top = module.split(".")[0]
            if top not in sys.stdlib_module_names and not module.startswith(
                ("core.domain", "core.errors")
            ):
                found.add((place(path), module))
    assert found == set()


def test_the_client_stands_on_the_standard_library_and_on_httpx() -> None:
    allowed = {*sys.stdlib_module_names, "httpx", "sage_mode_client"}
    found = {
        (place(path), module)
        for path in (ROOT / "clients/python").rglob("*.py")
        for module, _ in imports(path)
        if module.split(".")[0] not in allowed
    }
    assert found == set()


def test_services_commit_through_transact_alone() -> None:
    """Only the transaction module opens, commits or rolls back; the store never does."""
    found = []
    for folder in ("core/store", "core/services"):
        for path in (ROOT / folder).rglob("*.py"):
            if path.name == "transaction.py":
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Attribute) and node.attr in ("commit", "rollback", "begin"):
                    found.append(f"{place(path)}:{node.lineno}")
    assert found == []


def test_a_service_that_is_called_a_read_stores_nothing() -> None:
    """It asks instead: a read that is lost must never be told as "it may be stored"."""
    found = set()
    for path in (ROOT / "core/services").glob("*.py"):
        for function in ast.parse(path.read_text()).body:
            if isinstance(function, ast.FunctionDef) and function.name.startswith(READS):
                names = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
                if names & WRITES:
                    found.add(function.name)
    assert found == READS_THAT_WRITE


def test_no_file_has_a_name_that_says_nothing() -> None:
    everything = [*sources(), *(ROOT / "tests").rglob("*.py")]
    assert [place(path) for path in everything if path.stem in VAGUE_NAMES] == []


def test_no_file_of_the_product_is_longer_than_400_lines() -> None:
    lengths = {place(path): len(path.read_text().splitlines()) for path in sources()}
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}


def test_pages_hold_no_sql() -> None:
    found = []
    for path in (ROOT / "pages").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words = node.value.upper().split()
                if len(words) > 3 and words[0] in ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH"):
                    found.append(f"{place(path)}:{node.lineno}")
    assert found == []


def test_no_page_is_named_like_a_module_that_python_would_then_not_find() -> None:
    taken = {path.stem for path in (ROOT / "pages").glob("*.py")} & set(sys.stdlib_module_names)
    assert taken == set()


def test_files_found() -> None:
    assert len(sources()) > 50
