"""Feature packs: small declarations of what one kind of demand brings into a plan.

A new pack is a module with one `Pack` and an entry in `PACKS`. Their order is the order in which
they are tried: what a feature is about is bound before what is added to it.
"""

from core.planning.packs.accessibility import ACCESSIBILITY
from core.planning.packs.api_key import API_KEY
from core.planning.packs.approval import APPROVAL
from core.planning.packs.audit import AUDIT
from core.planning.packs.bulk_change import BULK_CHANGE
from core.planning.packs.comments import COMMENTS
from core.planning.packs.consent import CONSENT
from core.planning.packs.contract import CONTRACT
from core.planning.packs.dashboard import DASHBOARD
from core.planning.packs.deadline import DEADLINE
from core.planning.packs.derived import DERIVED
from core.planning.packs.erasure import ERASURE
from core.planning.packs.exchange import EXCHANGE
from core.planning.packs.export import EXPORT
from core.planning.packs.finality import FINALITY
from core.planning.packs.import_rows import IMPORT
from core.planning.packs.integration import INTEGRATION
from core.planning.packs.interface import INTERFACE
from core.planning.packs.limit import LIMIT
from core.planning.packs.messaging import MESSAGING
from core.planning.packs.migration import MIGRATION
from core.planning.packs.moderation import MODERATION
from core.planning.packs.notification import NOTIFICATION
from core.planning.packs.offline import OFFLINE
from core.planning.packs.order import ORDER
from core.planning.packs.pack import Pack
from core.planning.packs.payment import PAYMENT
from core.planning.packs.payout import PAYOUT
from core.planning.packs.performance import PERFORMANCE
from core.planning.packs.permission import PERMISSION
from core.planning.packs.preference import PREFERENCE
from core.planning.packs.price import PRICE
from core.planning.packs.publication import PUBLICATION
from core.planning.packs.qualification import QUALIFICATION
from core.planning.packs.quota import QUOTA
from core.planning.packs.rating import RATING
from core.planning.packs.records import RECORDS
from core.planning.packs.report import REPORT
from core.planning.packs.requirement import REQUIREMENT
from core.planning.packs.reservation import RESERVATION
from core.planning.packs.rest_period import REST_PERIOD
from core.planning.packs.retention import RETENTION
from core.planning.packs.scheduling import SCHEDULING
from core.planning.packs.search import SEARCH
from core.planning.packs.search_speed import SEARCH_SPEED
from core.planning.packs.sending_hours import SENDING_HOURS
from core.planning.packs.separation import SEPARATION
from core.planning.packs.sequence import SEQUENCE
from core.planning.packs.sharing import SHARING
from core.planning.packs.sign_in import SIGN_IN
from core.planning.packs.speed import SPEED
from core.planning.packs.steps import STEPS
from core.planning.packs.strike import STRIKE
from core.planning.packs.tagging import TAGGING
from core.planning.packs.theme import THEME
from core.planning.packs.upload import UPLOAD
from core.planning.packs.visibility import VISIBILITY
from core.planning.packs.waiting_list import WAITING_LIST
from core.planning.packs.workflow import WORKFLOW

PACKS: tuple[Pack, ...] = (
    MIGRATION,
    INTEGRATION,
    SEARCH_SPEED,
    PERFORMANCE,
    THEME,
    INTERFACE,
    API_KEY,
    ERASURE,
    EXCHANGE,
    BULK_CHANGE,
    SCHEDULING,
    RESERVATION,
    WAITING_LIST,
    APPROVAL,
    MESSAGING,
    WORKFLOW,
    PREFERENCE,
    PERMISSION,
    SIGN_IN,
    ORDER,
    PUBLICATION,
    RECORDS,
    IMPORT,
    PAYMENT,
    PRICE,
    PAYOUT,
    SEARCH,
    SHARING,
    QUOTA,
    DASHBOARD,
    REPORT,
    AUDIT,
    RATING,
    UPLOAD,
    EXPORT,
    MODERATION,
    COMMENTS,
    TAGGING,
    NOTIFICATION,
    QUALIFICATION,
    REST_PERIOD,
    SEQUENCE,
    SEPARATION,
    FINALITY,
    VISIBILITY,
    RETENTION,
    OFFLINE,
    # What follows takes the numbers that the packs above left.
    CONSENT,
    SENDING_HOURS,
    STRIKE,
    CONTRACT,
    DEADLINE,
    LIMIT,
    REQUIREMENT,
    DERIVED,
    SPEED,
    ACCESSIBILITY,
    # What no other pack does is a step.
    STEPS,
)
BY_SLUG = {pack.slug: pack for pack in PACKS}
# The patterns of all rules by slug, each with its pack.
PATTERNS = {pattern.slug: (pack, pattern) for pack in PACKS for pattern in pack.rules}

__all__ = ["BY_SLUG", "PACKS", "PATTERNS", "Pack"]
