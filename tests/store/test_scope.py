"""Every read for a principal goes through `visible`: each call is taken out, and is missed.

A call site is found in the source, its module is built anew with that one call replaced by the
bare query, and the site's probe must then see what belongs to others.
"""

from __future__ import annotations

import ast
import copy
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, select

import core.store
from core.domain.access import SYSTEM, TeamRole, UserPrincipal
from core.store import scope
from core.store.scope import visible
from core.store.tables import (
    agent_tasks,
    execution_sessions,
    jobs,
    metadata,
    session_decisions,
    session_heads,
)
from tests.factories import (
    Someone,
    add_member,
    launch,
    make_someone,
)
from tests.store.probes import PROBES, Foreign, make_foreign

STORE = Path(core.store.__file__).parent
Site = tuple[str, str, int]  # module, function, which of its calls


@pytest.fixture
def foreign(someone: Someone) -> Foreign:
    return make_foreign(someone)


def functions_of(module: str) -> Iterator[ast.FunctionDef]:
    tree = ast.parse((STORE / f"{module}.py").read_text())
    return (node for node in tree.body if isinstance(node, ast.FunctionDef))


def calls_of_visible(function: ast.FunctionDef) -> list[ast.Call]:
    found = [
        node
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Name) and node.func.id == "visible")
            or (isinstance(node.func, ast.Attribute) and node.func.attr == "visible")
        )
    ]
    return sorted(found, key=lambda call: (call.lineno, call.col_offset))


def modules() -> list[str]:
    return [
        info.name
        for info in pkgutil.iter_modules([str(STORE)])
        if not info.ispkg and info.name != "scope"
    ]


SITES: list[Site] = [
    (module, function.name, index)
    for module in modules()
    for function in functions_of(module)
    for index, _ in enumerate(calls_of_visible(function))
]


def without_call(site: Site) -> ModuleType:
    """Build a module of the store with one call of `visible` replaced by its bare query."""
    name, function_name, index = site
    path = STORE / f"{name}.py"
    tree = ast.parse(path.read_text())
    function = next(
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name == function_name
    )
    target = calls_of_visible(function)[index]

    class Replace(ast.NodeTransformer):
        def visit_Call(self, node: ast.Call) -> ast.AST:
            self.generic_visit(node)
            return copy.deepcopy(node.args[0]) if node is target else node

    __import__(f"core.store.{name}")  # the real one, by which its dataclasses find their names
    mutant = ModuleType(f"core.store.{name}")
    mutant.__file__ = str(path)
    code = compile(ast.fix_missing_locations(Replace().visit(tree)), str(path), "exec")
    exec(code, mutant.__dict__)
    return mutant


# What the engine reads while it holds a session's head, or before it knows who asks. Nothing of
# it may be shown to a principal: whoever adds a name here says that it is not.
WITHOUT_PRINCIPAL = {
    # What seals, verifies and drops the audit's rows.
    *(("audit", name) for name in ("list_unsealed", "list_sealed", "list_chains")),
    *(("audit", name) for name in ("chains_before", "dropped_through", "find_never_sealed")),
    # What an attempt has asked, and what asks and expires: by whoever holds the task or the head.
    *(("approvals", name) for name in ("find_asked", "get_asker", "count_pending_of")),
    *(("approvals", name) for name in ("cancel_pending", "list_due", "get_pipeline", "get_input")),
    *(("attempts", name) for name in ("extend_lease", "record_result", "end_attempt")),
    *(
        ("attempts", name)
        for name in ("claim_task", "extend_lease", "record_result", "end_attempt")
    ),
    *(("heads", name) for name in ("lock_head", "append_events", "has_event")),
    # Whether there was something to delete, told to whoever may configure the team.
    *(("configuration", name) for name in ("delete_profile", "delete_pipeline")),
    # For whoever has checked that the session may be read.
    ("heads", "read_mark"),
    *(("log_details", f"{what}_by_id") for what in ("tasks", "decisions")),
    ("log_details", "snapshots_by_attempt"),
    ("launches", "insert_launch"),
    ("launches", "read_ground"),
    # Who sends what webhooks are to be sent, and who changes one after having found it.
    *(("deliveries", name) for name in ("take_turn", "claim_deliveries", "end_try")),
    ("deliveries", "drop_deliveries"),
    ("webhooks", "lock_webhook"),
    # Who tells news asks which there are, who is in their team, and how much people have to read.
    *(("news", name) for name in ("take_untold", "keep_members")),
    *(("notifications", name) for name in ("count_unread_of", "drop_notifications", "read_sender")),
    ("people", "insert_team"),
    ("places", "hold_place"),
    *(("teams", name) for name in ("read_place", "lock_team", "lock_owned", "approver_roles")),
    *(("teams", name) for name in ("count_members", "member_role", "change_team")),
    *(("teams", name) for name in ("delete_member", "delete_other_members")),
    # Who signs in by an identity provider: which teams its groups gave them, and may give.
    *(("identities", name) for name in ("list_memberships", "list_named")),
    # Found for whoever was invited, or holds the link: `core.services.inviting` asks which.
    *(("invitations", name) for name in ("get_invitation", "find_by_token", "list_waiting")),
    *(("invitations", name) for name in ("insert_invitation", "count_open", "has_open")),
    *(("sessions", name) for name in ("list_inactive", "is_inactive")),
    # What retention takes, of all teams; services say whose session is pinned.
    *(("retention", name) for name in ("count_details", "list_old", "lock_old", "take_details")),
    ("retention", "set_pin"),
    ("snapshots", "close_snapshot"),
    *(("tasks", name) for name in ("locked_tasks", "take_due", "expired_leases", "count_sent")),
    # A token belongs to its user, whom each of these names, or to whoever holds it.
    *(("tokens", name) for name in ("list_tokens_of", "revoke_token", "revoke_tokens_of")),
    *(("tokens", name) for name in ("find_by_hash", "find_by_id")),
    *(("watching", name) for name in ("last_seqs", "list_leases", "team_marks", "teams_of")),
}


def test_there_are_calls_to_take_out() -> None:
    assert len(SITES) >= 18


def test_every_function_with_a_call_of_visible_has_a_probe() -> None:
    assert {(module, function) for module, function, _ in SITES} == set(PROBES)


def hands_on(function: ast.FunctionDef, names: set[str]) -> bool:
    """Tell whether a function gives its principal to one of these."""
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in names
        and any(isinstance(one, ast.Name) and one.id == "principal" for one in node.args)
        for node in ast.walk(function)
    )


def test_every_function_for_a_principal_calls_visible() -> None:
    narrowing = {(module, function) for module, function, _ in SITES}
    without = [
        f"{module}.{function.name}"
        for module in modules()
        for function in functions_of(module)
        if any(a.arg == "principal" for a in (*function.args.args, *function.args.kwonlyargs))
        and not calls_of_visible(function)
        and not hands_on(function, {name for found, name in narrowing if found == module})
    ]
    assert without == []


def words_of(module: str, function: ast.FunctionDef) -> set[str]:
    """Return the words of a function, and of what it uses from the top of its module."""
    tree = ast.parse((STORE / f"{module}.py").read_text())
    tops: dict[str, ast.AST] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            tops |= {target.id: node for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.FunctionDef):
            tops[node.name] = node
    words: set[str] = set()
    waiting, seen = [function.name], set()
    while waiting:
        name = waiting.pop()
        found = set(re.findall(r"\w+", ast.unparse(tops[name])))
        seen.add(name)
        words |= found
        waiting.extend(found & set(tops) - seen)
    return words


TEAM_OWNED = {name for name, table in metadata.tables.items() if "team_id" in table.c} | {"teams"}


def test_every_other_function_that_returns_rows_is_known_to_be_the_engines() -> None:
    found = set()
    for module in modules():
        for function in functions_of(module):
            names = {a.arg for a in (*function.args.args, *function.args.kwonlyargs)}
            returns = ast.unparse(function.returns) if function.returns else "None"
            is_for_nobody = "db" in names and "principal" not in names and returns != "None"
            if is_for_nobody and words_of(module, function) & TEAM_OWNED:
                found.add((module, function.name))
    assert found == WITHOUT_PRINCIPAL


def test_no_face_and_no_service_reads_tables_past_the_store() -> None:
    root = STORE.parent.parent
    for folder in ("core/services", "workers", "web", "pages", "cli", "api"):
        for path in (root / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.ImportFrom):
                    assert node.module != "core.store.tables", path


@pytest.mark.parametrize(("module", "function"), PROBES, ids=".".join)
def test_a_stranger_sees_nothing(
    db: Connection, foreign: Foreign, module: str, function: str
) -> None:
    real = __import__(f"core.store.{module}", fromlist=[module])
    stranger = make_someone().principal
    assert not PROBES[module, function](real, db, stranger, foreign)


@pytest.mark.parametrize(("module", "function"), PROBES, ids=".".join)
def test_a_viewer_and_the_system_see_it(
    db: Connection, foreign: Foreign, module: str, function: str
) -> None:
    real = __import__(f"core.store.{module}", fromlist=[module])
    viewer = make_someone()
    add_member(foreign.team_id, viewer.user, TeamRole.VIEWER)
    assert PROBES[module, function](real, db, viewer.principal, foreign)
    assert PROBES[module, function](real, db, SYSTEM, foreign)


@pytest.mark.parametrize("site", SITES, ids=lambda site: f"{site[0]}.{site[1]}-{site[2]}")
def test_without_its_call_of_visible_a_read_shows_what_belongs_to_others(
    db: Connection, foreign: Foreign, site: Site
) -> None:
    stranger = make_someone().principal
    assert PROBES[site[0], site[1]](without_call(site), db, stranger, foreign)


@pytest.mark.parametrize(("module", "function"), PROBES, ids=".".join)
def test_the_quick_look_at_a_query_finds_the_tables_that_the_compiler_finds(
    db: Connection,
    foreign: Foreign,
    module: str,
    function: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks = []

    def sources(query: Any) -> Any:
        found = quick(query)
        whole = scope.team_columns(query.get_final_froms())
        looks.append(set(map(str, scope.team_columns(found))) == set(map(str, whole)))
        return found

    quick = scope._sources
    monkeypatch.setattr(scope, "_sources", sources)
    real = __import__(f"core.store.{module}", fromlist=[module])
    PROBES[module, function](real, db, make_someone().principal, foreign)
    assert looks
    assert all(looks)


@pytest.mark.parametrize(
    "query",
    [
        select(agent_tasks.c.id).where(session_heads.c.session_id == agent_tasks.c.session_id),
        select(agent_tasks.c.id, session_heads.c.status),
        select(agent_tasks.c.id).select_from(agent_tasks.join(execution_sessions)),
        select(agent_tasks.c.id).join_from(execution_sessions, agent_tasks),
        select(agent_tasks.alias().c.id),
    ],
)
def test_the_quick_look_misses_no_way_to_name_a_table(query: Any) -> None:
    whole = scope.team_columns(query.get_final_froms())
    assert set(map(str, scope.team_columns(scope._sources(query)))) == set(map(str, whole))


def test_a_query_on_no_teams_table_is_refused() -> None:
    with pytest.raises(ValueError, match="team-owned"):
        visible(select(jobs), UserPrincipal(UUID(int=1)))


def test_a_table_under_an_alias_is_narrowed_itself(db: Connection, foreign: Foreign) -> None:
    one = agent_tasks.alias("one")
    stranger = make_someone()
    launch(stranger)  # with a row of their own in the table that is named twice
    rows = db.execute(visible(select(one.c.team_id), stranger.principal)).scalars()
    assert set(rows) == {stranger.team_id}


def test_a_subquery_is_refused_because_only_its_inside_can_be_narrowed() -> None:
    inside = select(agent_tasks.c.id).subquery()
    with pytest.raises(ValueError, match="inside the subquery"):
        visible(select(inside.c.id), UserPrincipal(UUID(int=1)))


def test_every_team_owned_table_of_a_join_is_narrowed() -> None:
    query = select(execution_sessions.c.id).join(
        session_heads, session_heads.c.session_id == execution_sessions.c.id
    )
    compiled = str(visible(query, UserPrincipal(UUID(int=1))))
    assert "execution_sessions.team_id IN" in compiled
    assert "session_heads.team_id IN" in compiled


def test_an_outer_join_is_narrowed_on_both_sides() -> None:
    query = select(execution_sessions.c.id).outerjoin(
        session_decisions, session_decisions.c.session_id == execution_sessions.c.id
    )
    assert str(visible(query, UserPrincipal(UUID(int=1)))).count("team_id IN") == 2
