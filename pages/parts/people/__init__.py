"""The page of people: who is in the team, in which role, and how they go."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.domain.access import ALLOWED, Action, TeamRole, UserPrincipal
from core.domain.role import BUILT_IN_PROFILES
from core.domain.team import GIVEN_ROLES, Member, TeamPeople
from core.services import members
from pages.parts.acting import do, try_to
from pages.parts.visit import Visit
from pages.parts.wording import clock, plain

_DEEDS = {
    Action.READ: "Read sessions, decisions and artifacts",
    Action.LAUNCH: "Launch sessions",
    Action.CONTROL: "Pause, resume, end, retry and cancel sessions",
    Action.DECIDE: "Record and supersede decisions",
    Action.APPROVE: "Answer approvals of the roles that they have",
    Action.EXECUTE: "Take up tasks as an agent from outside",
    Action.REPORT: "Report on tasks that they have taken up",
    Action.NOTIFY: "Send people of the team a message",
    Action.CONFIGURE: "Define roles and pipelines",
    Action.MANAGE: "Manage the team and its people",
    Action.OVERSEE: "See webhooks and invitations, and stop webhooks",
    Action.AUDIT: "Read the audit",
}


def confirm(
    visit: Visit,
    title: str,
    text: str,
    verb: str,
    act: Callable[[UserPrincipal], object],
    *,
    icon: str,
) -> None:
    """Ask in a dialog before something is done that is not undone by a click."""

    def draw() -> None:
        st.markdown(text)
        with st.container(horizontal=True, horizontal_alignment="right"):
            if st.button("Keep as it is"):
                st.rerun()
            if st.button(verb, type="primary", icon=icon, on_click=do, args=(visit, act)):
                st.rerun()

    st.dialog(title, icon=icon)(draw)()


def draw_members(visit: Visit, found: TeamPeople) -> None:
    """Draw who is in the team; who manages it changes roles and removes people here."""
    with st.container(border=True, gap="small", key="members"):
        for member in found.members:
            _draw_member(visit, found, member)
    with st.expander("Who may do what", icon=":material/table_view:"):
        st.markdown(_rights())


def _draw_member(visit: Visit, found: TeamPeople, member: Member) -> None:
    name = plain(member.user_name)
    key = f"{visit.team.id}_{member.user_id}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(gap=None, width="stretch"):
            mine = " :gray-badge[you]" if member.user_id == visit.user.id else ""
            st.markdown(f":material/account_circle: **{name}**{mine}")
            st.caption(" · ".join(_facts(visit, member)))
        is_owner = member.role == TeamRole.OWNER and member.user_id == found.team.owner_id
        if not found.may_manage:
            st.markdown(f":gray-badge[{member.role.value.capitalize()}]", width="content")
            return
        _draw_role(visit, member, key, is_owner=is_owner)
        if st.button("Approvals", icon=":material/how_to_reg:", type="tertiary", key=f"as_{key}"):
            st.dialog(f"In whose name {name} approves", icon=":material/how_to_reg:")(
                _draw_approver_roles
            )(visit, member)
        if st.button(
            "Remove",
            icon=":material/person_remove:",
            type="tertiary",
            key=f"remove_{key}",
            disabled=is_owner,
            help="Hand the team over first" if is_owner else None,
        ):
            confirm(
                visit,
                f"Remove {name}?",
                f"{name} loses {plain(visit.team.name)} at once, and pages that are open leave. "
                "Running sessions go on, as the team owns them.",
                "Remove",
                lambda who: members.remove_member(who, visit.team.id, member.user_id),
                icon=":material/person_remove:",
            )


def _draw_role(visit: Visit, member: Member, key: str, *, is_owner: bool) -> None:
    roles = [TeamRole.OWNER] if is_owner else list(GIVEN_ROLES)
    st.selectbox(
        f"Role of {member.user_name}",
        [role.value for role in roles],
        index=roles.index(member.role) if member.role in roles else None,
        format_func=str.capitalize,
        # Named by the role too: what somebody else changed meanwhile is shown, not undone.
        key=f"role_{key}_{member.role}",
        label_visibility="collapsed",
        disabled=is_owner,
        width=130,
        on_change=_change_role,
        args=(visit, member, f"role_{key}_{member.role}"),
    )


def _change_role(visit: Visit, member: Member, key: str) -> None:
    wanted = st.session_state.get(key)
    if wanted is None:
        return
    is_changed = try_to(
        visit,
        lambda who: members.change_role(who, visit.team.id, member.user_id, wanted),
        f"{plain(member.user_name)} is a {wanted} now.",
    )
    if not is_changed:
        st.session_state[key] = member.role.value


def _draw_approver_roles(visit: Visit, member: Member) -> None:
    known = sorted({*BUILT_IN_PROFILES, *member.approver_roles, "designer", "finance"})
    chosen = st.multiselect(
        "Approves as",
        known,
        default=list(member.approver_roles),
        accept_new_options=True,
        help="Approvals name a role; members with that role may answer them.",
    )

    def save(who: UserPrincipal) -> None:
        members.set_approver_roles(who, visit.team.id, member.user_id, chosen)

    if st.button("Save", type="primary", on_click=do, args=(visit, save)):
        st.rerun()


def _facts(visit: Visit, member: Member) -> list[str]:
    facts = [plain(member.email), f"since {clock(member.since, visit.now, visit.zone)}"]
    if member.approver_roles:
        facts.append("approves as " + plain(", ".join(member.approver_roles)))
    return facts


def _rights() -> str:
    head = "| |" + "|".join(role.value.capitalize() for role in TeamRole) + "|\n|---|"
    head += ":---:|" * len(TeamRole)
    rows = [
        f"| {deed} |" + "|".join("✓" if act in ALLOWED[role] else "" for role in TeamRole) + "|"
        for act, deed in _DEEDS.items()
    ]
    return "\n".join([head, *rows])
