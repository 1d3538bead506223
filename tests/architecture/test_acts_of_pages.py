"""A page acts in the name of who is signed in when it acts, not of who was when it was drawn.

Streamlit runs callbacks before the script, and fragments and dialogs without it: what they act
with is asked of `Visit.act` or `open_visit` then, never taken along.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.conftest import ROOT

CALLBACKS = ("on_click", "on_change", "on_submit", "on_select")
HANDED_ON = (*CALLBACKS, "args", "kwargs")
Function = ast.FunctionDef | ast.AsyncFunctionDef


def trees() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((ROOT / "pages").rglob("*.py")):
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text())


def takes_principal(node: ast.AST) -> bool:
    """Whether something holds the name of who visited when it was made."""
    return any(
        (isinstance(one, ast.Attribute) and one.attr == "principal")
        or (isinstance(one, ast.Name) and one.id == "principal")
        for one in ast.walk(node)
    )


def functions(tree: ast.Module) -> Iterator[Function]:
    yield from (one for one in ast.walk(tree) if isinstance(one, Function))


def calls(tree: ast.Module) -> Iterator[ast.Call]:
    yield from (one for one in ast.walk(tree) if isinstance(one, ast.Call))


def callbacks(tree: ast.Module) -> Iterator[str]:
    """Yield the names of functions that widgets call."""
    for call in calls(tree):
        for given in call.keywords:
            is_callback = given.arg in CALLBACKS or (given.arg or "").startswith("on_")
            if is_callback and isinstance(given.value, ast.Name):
                yield given.value.id


def dialogs(tree: ast.Module) -> Iterator[str]:
    """Yield the names of functions that draw a dialog: `st.dialog(...)(draw)`."""
    for call in calls(tree):
        if isinstance(call.func, ast.Call) and is_streamlits(call.func.func, "dialog"):
            yield from (given.id for given in call.args if isinstance(given, ast.Name))
    for function in functions(tree):
        if decorated_with(function, "dialog"):
            yield function.name


def is_streamlits(node: ast.AST, name: str) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and node.attr == name
        and isinstance(node.value, ast.Name)
        and node.value.id == "st"
    )


def decorated_with(function: Function, name: str) -> bool:
    return any(
        is_streamlits(one.func if isinstance(one, ast.Call) else one, name)
        for one in function.decorator_list
    )


def test_what_a_widget_is_given_to_call_takes_no_principal_along() -> None:
    found = [
        f"{place}:{call.lineno}"
        for place, tree in trees()
        for call in calls(tree)
        for given in call.keywords
        if given.arg in HANDED_ON and takes_principal(given.value)
    ]
    assert found == []


def test_what_widgets_call_and_dialogs_draw_holds_no_principal() -> None:
    everything = dict(trees())
    named = {name for tree in everything.values() for name in (*callbacks(tree), *dialogs(tree))}
    assert {"do", "approve", "_draw_cancelling"} <= named
    found = [
        f"{place}:{function.lineno} {function.name}"
        for place, tree in everything.items()
        for function in functions(tree)
        if function.name in named and takes_principal(function)
        if not asks_who_visits(function)
    ]
    assert found == []


def asks_who_visits(function: Function) -> bool:
    """Whether a function finds out by itself who visits, as `visit`."""
    return any(
        isinstance(one, ast.Assign)
        and isinstance(one.value, ast.Call)
        and isinstance(one.value.func, ast.Name)
        and one.value.func.id == "open_visit"
        and any(isinstance(target, ast.Name) and target.id == "visit" for target in one.targets)
        for one in ast.walk(function)
    )


def test_a_fragment_asks_who_visits_by_itself() -> None:
    fragments = [
        (f"{place}:{function.lineno} {function.name}", function)
        for place, tree in trees()
        for function in functions(tree)
        if decorated_with(function, "fragment")
    ]
    assert len(fragments) > 5
    found = [
        name
        for name, function in fragments
        if (
            any(isinstance(one, ast.Name) and one.id == "visit" for one in ast.walk(function))
            and not asks_who_visits(function)
        )
        or any(argument.arg == "visit" for argument in function.args.args)
    ]
    assert found == []


def test_a_fragment_that_runs_by_itself_keeps_no_login_alive() -> None:
    found = []
    for place, tree in trees():
        for function in functions(tree):
            timed = any(
                isinstance(one, ast.Call)
                and any(given.arg == "run_every" for given in one.keywords)
                for one in function.decorator_list
            )
            for call in calls(ast.Module([function], [])) if timed else ():
                name = call.func.id if isinstance(call.func, ast.Name) else ""
                if name == "open_visit" and not any(one.arg == "on_timer" for one in call.keywords):
                    found.append(f"{place}:{call.lineno}")
    assert found == []
