"""What the planner understood of a brief, to be corrected before the roles start."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.services.previewing import Finding, OpenQuestion, Understanding
from pages.parts.launch import ANSWER, Form, touch_form
from pages.parts.wording import counted, plain

QUESTIONS_AT_ONCE = 3


def draw_understanding(found: Understanding, form: Form) -> dict[str, Any]:
    """Draw people, things, rules, wishes and actions; returns a person's edits for the planner."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("**What was understood**", width="content")
        if found.is_plannable:
            st.markdown(":green-badge[:material/check: Ready to plan]", width="content")
        else:
            st.markdown(":orange-badge[:material/help: Asks first]", width="content")
    st.caption("By rules, not by AI. Correct it before roles start.")
    edits: dict[str, Any] = {
        "actors": _draw_findings("People", "people", found.people, form),
        "entities": _draw_findings("Things", "things", found.things, form),
    }
    dropped = _draw_switches("Must always hold", "rules", found.rules, form)
    edits["rules"] = {"drop": dropped} if dropped else {}  # added ones are sentences of the brief
    if not found.rules:
        st.caption("No rule was found. Say what must never happen.")
    edits["qualities"] = _draw_wishes(found.qualities, form)
    edits["actions"] = _draw_actions(found, form)
    if found.not_understood:
        with st.expander(
            f"Not understood: {counted(len(found.not_understood), 'sentence')}",
            icon=":material/question_mark:",
            type="compact",
        ):
            for words in found.not_understood:
                st.markdown(f"- {plain(words)}")
    return {name: part for name, part in edits.items() if part}


def draw_questions(
    questions: Sequence[OpenQuestion] | Sequence[str], *, is_asked: bool
) -> dict[str, str]:
    """Draw a field for each question; returns the answers by question."""
    asked = [OpenQuestion("", one, "") if isinstance(one, str) else one for one in questions]
    asked = list({one.text: one for one in asked}.values())  # a sentence twice is one question
    at_once = len(asked) if is_asked else QUESTIONS_AT_ONCE
    answers = {one.text: _draw_question(one) for one in asked[:at_once]}
    if len(asked) > at_once:
        more = counted(len(asked) - at_once, "more question")
        with st.expander(more, icon=":material/help:", type="compact"):
            answers |= {one.text: _draw_question(one) for one in asked[at_once:]}
    return answers


def _draw_question(question: OpenQuestion) -> str:
    assumed = f"Left empty: {question.assumption}" if question.assumption else "Your answer"
    st.markdown(f":small[:orange[:material/help:] {plain(question.text)}]")
    answer = st.text_input(
        question.text,
        label_visibility="collapsed",  # it stands above; here it is what a screen reader says
        max_chars=2000,
        placeholder=assumed,
        key=f"{ANSWER}{question.text}",
        on_change=touch_form,
        persist_state="session",
    )
    return answer or ""


def _draw_findings(
    label: str, name: str, found: Sequence[Finding], form: Form
) -> dict[str, list[str]]:
    added = form.added.setdefault(name, [])
    titles = {one.name: one.title for one in found} | {one: one for one in added}
    dropped = form.dropped.setdefault(name, set())
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        if titles:
            key = f"launch_{name}"
            # What is new is switched on; a run that did not get here has forgotten the rest.
            if form.shown.get(name) != list(titles) or key not in st.session_state:
                form.shown[name] = list(titles)
                st.session_state[key] = [one for one in titles if one not in dropped]
            kept = st.pills(
                label,
                list(titles),
                selection_mode="multi",
                format_func=lambda one: titles[one],
                key=key,
                wrap=True,
            )
            form.dropped[name] = dropped = set(titles) - set(kept)
        else:
            st.markdown(f":small[{label}]")
        _draw_add(label, name, form)
    edits = {
        "drop": [one.name for one in found if one.name in dropped],
        "add": [one for one in added if one not in dropped],
    }
    return {key: names for key, names in edits.items() if names}


def _draw_wishes(found: Sequence[Finding], form: Form) -> dict[str, list[str]]:
    added = form.added.setdefault("qualities", [])
    shown = [*found, *(Finding(one, one) for one in added)]
    dropped = _draw_switches("Quality wishes", "qualities", shown, form)
    edits = {
        "drop": [one.name for one in found if one.name in dropped],
        "add": [one for one in added if one not in dropped],
    }
    return {key: names for key, names in edits.items() if names}


def _draw_switches(label: str, name: str, found: Sequence[Finding], form: Form) -> list[str]:
    """Draw a switch for each sentence, on at first; returns the names of those switched off."""
    dropped = form.dropped.setdefault(name, set())
    with st.container(gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            st.markdown(f":small[{label}]", width="content")
            _draw_add(label, name, form)
        for one in found:
            key = _switch_key(form, name, one.name)
            if key not in st.session_state:
                st.session_state[key] = one.name not in dropped
            st.toggle(plain(one.title), key=key, on_change=_switch_same, args=(form, name, one))
    off = [one.name for one in found if not st.session_state[_switch_key(form, name, one.name)]]
    form.dropped[name] = set(off)
    return off


def _switch_same(form: Form, name: str, switched: Finding) -> None:
    """Switch what is the same demand along: a rule with its quality wish, and back."""
    other = {"rules": "qualities", "qualities": "rules"}[name]
    value = st.session_state[_switch_key(form, name, switched.name)]
    for same in switched.same_as:
        st.session_state[_switch_key(form, other, same)] = value


def _switch_key(form: Form, name: str, one: str) -> str:
    return f"launch_{name}_{form.mark}_{one}"


def _draw_add(label: str, name: str, form: Form) -> None:
    def take() -> None:
        text = " ".join(str(st.session_state[f"launch_add_{name}"]).split())
        if text and text not in form.added.setdefault(name, []):
            form.added[name].append(text)
        st.session_state[f"launch_add_{name}"] = ""

    with st.popover("Add", type="tertiary", icon=":material/add:", key=f"launch_adding_{name}"):
        st.text_input(
            f"Add to {label.lower()}", max_chars=200, key=f"launch_add_{name}", on_change=take
        )


def _draw_actions(found: Understanding, form: Form) -> dict[str, Any]:
    dropped = form.dropped.setdefault("actions", set())
    with st.expander(
        f"Actions: {len(found.actions) + len(form.actions) - len(dropped)}",
        icon=":material/bolt:",
        type="compact",
    ):
        if found.actions:
            table: Any = st.data_editor(
                {
                    "Keep": [one.name not in dropped for one in found.actions],
                    "Who": [", ".join(one.who) or "Everybody" for one in found.actions],
                    "Does": [one.summary for one in found.actions],
                    "What": [one.thing for one in found.actions],
                },
                hide_index=True,
                disabled=["Who", "Does", "What"],
                key=f"launch_actions_{hash(tuple(one.name for one in found.actions))}",
                column_config={"Keep": st.column_config.CheckboxColumn(width=50)},
                alt="Actions",
            )
            kept = [bool(one) for one in table["Keep"]]
            form.dropped["actions"] = dropped = {
                one.name for one, keeps in zip(found.actions, kept, strict=True) if not keeps
            }
        for one in form.actions:
            st.markdown(f":material/add: {plain(str(one['verb']))} {plain(str(one['entity']))}")
        _draw_add_action(found, form)
    edits: dict[str, Any] = {"drop": sorted(dropped), "add": form.actions}
    return {key: value for key, value in edits.items() if value}


def _draw_add_action(found: Understanding, form: Form) -> None:
    if not found.things:
        return
    people = {one.name: one.title for one in found.people}
    things = {one.name: one.title for one in found.things}
    with st.form("launch_action", border=False, clear_on_submit=True):
        who, verb, what, add = st.columns([1, 1, 1, 0.6], vertical_alignment="bottom")
        actors = who.selectbox(
            "Who", ["", *people], format_func=lambda one: people.get(one, "Everybody")
        )
        does = verb.text_input("Does", max_chars=50, placeholder="archive")
        thing = what.selectbox("What", list(things), format_func=lambda one: things[one])
        if add.form_submit_button("Add") and does.strip():
            form.actions.append(
                {"verb": does.strip(), "entity": thing, "actors": [actors] if actors else []}
            )
            st.rerun()
