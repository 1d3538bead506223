"""Sage Mode for programs: launch sessions, watch them, work in them as an agent."""

from sage_mode_client.async_client import AsyncSageClient
from sage_mode_client.async_work import AsyncAssignment
from sage_mode_client.errors import (
    ApiError,
    BadRequest,
    Conflict,
    FieldProblem,
    Gone,
    Invalid,
    LeaseLost,
    NotAllowed,
    NotFound,
    NotSignedIn,
    SageError,
    ServerError,
    TooLarge,
    TooMany,
    Unavailable,
    UnexpectedAnswer,
    Unreachable,
)
from sage_mode_client.models.agents import NewArtifact, NewEvidence, Order, Result
from sage_mode_client.models.decisions import NewAlternative, TacticalDecision
from sage_mode_client.models.roles import NewGate, NewStep, NewTerms
from sage_mode_client.models.tasks import Work
from sage_mode_client.sync_client import SageClient
from sage_mode_client.sync_work import Assignment
from sage_mode_client.version import VERSION as __version__
from sage_mode_client.work import TaskFailed, WorkLost

__all__ = [
    "ApiError",
    "Assignment",
    "AsyncAssignment",
    "AsyncSageClient",
    "BadRequest",
    "Conflict",
    "FieldProblem",
    "Gone",
    "Invalid",
    "LeaseLost",
    "NewAlternative",
    "NewArtifact",
    "NewEvidence",
    "NewGate",
    "NewStep",
    "NewTerms",
    "NotAllowed",
    "NotFound",
    "NotSignedIn",
    "Order",
    "Result",
    "SageClient",
    "SageError",
    "ServerError",
    "TacticalDecision",
    "TaskFailed",
    "TooLarge",
    "TooMany",
    "Unavailable",
    "UnexpectedAnswer",
    "Unreachable",
    "Work",
    "WorkLost",
    "__version__",
]
