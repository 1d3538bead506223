"""Random lives of the form of a launch: one tab, its pages, its clock; beside it a small model."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from core.domain.session import LaunchRequest
from pages.parts import launch
from pages.parts.launch import BRIEF, FORM, NAME, Form
from pages.parts.visit import Visit

TEAM = UUID(int=1)
WORDS = ("", "Third", "Fourth")
FIELDS = (NAME, BRIEF, f"{launch.ANSWER}Who uses it?")
THINGS = ("Expense", "Receipt")
EXECUTORS = (None, "external")
PIPELINES = ("seven_roles", "short")


class Tab(RuleBasedStateMachine):
    """What a person does in a tab, and what they expect of it."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0
        self.state: dict[str, Any] = {}
        self.executor: str | None = None
        self.pipeline = PIPELINES[0]
        self.is_here = False
        self.launched: dict[str | None, LaunchRequest] = {}  # by key, as the service keeps them
        self.last: LaunchRequest | None = None  # what was launched, until something is changed
        self.expected: dict[str, str] = {}
        fake = SimpleNamespace(session_state=self.state, query_params={})
        self.patches = [
            patch.object(launch, "st", fake),
            patch.object(launch.time, "monotonic", lambda: self.now),
        ]
        for one in self.patches:
            one.start()

    def teardown(self) -> None:
        for one in self.patches:
            one.stop()

    @property
    def form(self) -> Form:
        return cast(Form, self.state[FORM])

    @initialize()
    def come(self) -> None:
        self._run()

    def _run(self) -> LaunchRequest:
        """Run the page, as every click and every field that is left does."""
        self.is_here = True
        form, _ = launch.open_form(cast(Visit, None))
        return form.with_key(self._filled_in())

    def _filled_in(self) -> LaunchRequest:
        edits = {"entities": {"add": self.form.added.setdefault("things", [])}}
        answers = {FIELDS[2]: self.state.get(FIELDS[2], "")}
        return LaunchRequest(
            TEAM,
            self.state.get(NAME, ""),
            self.state.get(BRIEF, ""),
            pipeline=self.pipeline,
            executor=self.executor,
            input={"edits": edits, "answers": answers},
        )

    def _changed(self) -> None:
        self.last = None
        self._run()

    @precondition(lambda self: self.is_here)
    @rule(field=st.sampled_from(FIELDS), text=st.sampled_from(WORDS))
    def type_in(self, field: str, text: str) -> None:
        if self.state.get(field, "") != text:
            self.state[field] = self.expected[field] = text
            launch.touch_form()
            self._changed()

    @precondition(lambda self: self.is_here)
    @rule(thing=st.sampled_from(THINGS))
    def add(self, thing: str) -> None:
        added = self.form.added.setdefault("things", [])
        if thing not in added:
            added.append(thing)
            self._changed()

    @precondition(lambda self: self.is_here)
    @rule(executor=st.sampled_from(EXECUTORS), pipeline=st.sampled_from(PIPELINES))
    def choose(self, executor: str | None, pipeline: str) -> None:
        if (executor, pipeline) != (self.executor, self.pipeline):
            self.executor, self.pipeline = executor, pipeline
            self._changed()

    @precondition(lambda self: self.is_here)
    @rule(clicks=st.integers(1, 3), is_lost=st.booleans())
    def press(self, clicks: int, is_lost: bool) -> None:
        """Launch, by one click or more; the answer of the last may be lost."""
        before = len(self.launched)
        for click in range(clicks):
            request = self._run()
            self.form.note_asked(request)
            self.launched.setdefault(request.launch_key, request)
            found = self.launched[request.launch_key]
            assert found.feature_name == self.state.get(NAME, ""), (
                "it opens what was launched before"
            )
            assert (found.brief, found.executor) == (self.state.get(BRIEF, ""), self.executor)
            if not (is_lost and click == clicks - 1):
                self.form.note_launched()
                self.is_here = False
        wanted = 0 if self.last is not None else 1
        assert len(self.launched) == before + wanted, "one session for what is filled in once"
        self.last = self._filled_in()
        if not self.is_here:
            launch.leave_form()

    @precondition(lambda self: self.is_here)
    @rule()
    def go_to_another_page(self) -> None:
        launch.leave_form()
        self.is_here = False

    @rule(seconds=st.sampled_from([1.0, 10.0, 1000.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds
        if self.is_here:
            self._run()

    @precondition(lambda self: not self.is_here)
    @rule()
    def come_back(self) -> None:
        """Come by the browser's way back: soon after a launch, to what was launched."""
        at = self.form.launched_at
        if at is not None and self.now - at > launch.WAY_BACK_SECONDS:
            self._expect_nothing()
        self._run()

    @rule()
    def ask_for_a_new_session(self) -> None:
        if self.form.launched_at is not None:
            self._expect_nothing()
        launch.begin_form()
        self._run()

    def _expect_nothing(self) -> None:
        self.expected = {}
        self.last = None

    @invariant()
    def nothing_is_cleared_that_somebody_typed(self) -> None:
        if self.is_here:
            for field in FIELDS:
                assert self.state.get(field, "") == self.expected.get(field, ""), field


TestTab = Tab.TestCase
