"""What people and departments are called by what they do."""

from __future__ import annotations

from core.planning.reading.nouns import words

ROLES = words(
    """
    accountant boss ceo cfo cto reader admin administrator adviser agent analyst applicant
    approver archivist assessor assistant auditor
    author baker borrower buyer candidate captain caregiver caretaker carer carrier cashier
    certifier chef citizen clerk client coach
    colleague conservator consultant contractor contributor controller coordinator courier
    craftsman creator curator customer dean dentist developer
    director dispatcher doctor donor driver editor employee employer engineer executive farmer
    foreman freelancer fundraiser gardener gp grower guardian guest headteacher host householder
    inspector instructor integrator investor invigilator judge keeper landlord
    lawyer leader lecturer lender librarian maintainer manager mechanic member mentor merchant
    midwife moderator neighbour nurse operator organiser organizer owner paramedic parent
    participant partner passenger
    patient pharmacist physician picker pilot planner player policyholder principal professor
    provider publisher pupil
    purchaser ranger receptionist recruiter referee registrar representative requester resident
    reviewer rider scientist
    secretary seller shopper signatory sponsor staff steward student subscriber supervisor
    supplier supporter surgeon surveyor
    teacher technician tenant therapist trainee trainer translator treasurer triager tutor
    uploader user vendor vet visitor volunteer waiter warden worker
    """
)
DEPARTMENTS = (
    "finance", "sales", "support", "legal", "marketing", "procurement", "accounting", "logistics",
    "engineering", "facilities", "compliance", "reception", "dispatch", "hr",
)  # fmt: skip
QUALIFIERS = (
    "line", "ward", "team", "shop", "store", "project", "product", "account", "office", "school",
    "head", "site", "branch", "department", "warehouse", "system", "event", "class", "field",
    "group", "club", "case", "care", "support", "sales", "customer", "service", "property",
)  # fmt: skip
LEADS = "shift|team|project|ward|line|group|squad|crew|section|tech"


def names_people(name: str) -> bool:
    """Whether a snake_case noun is a role of people rather than a thing."""
    qualifier, _, role = name.rpartition("_")
    return role in ROLES or (role == "lead" and qualifier in LEADS.split("|"))
