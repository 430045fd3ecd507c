"""The default grants the kernel's entities share; each is installed as rows an administrator may change."""

from collections.abc import Iterable

from app.core.action import EVERYTHING, READ_ONLY, WORK, Action
from app.core.entity import Grant
from app.core.scope import Reach

FRONT = ("sales_consultant", "service_advisor", "receptionist", "customer_care", "dcc", "renewal", "insurance")
LEADERS = ("sales_manager", "service_manager")
FIND = frozenset({Action.SEARCH})
SHOW = frozenset({Action.REVEAL})


def grants(roles: Iterable[str], actions: frozenset[Action], reach: Reach) -> tuple[Grant, ...]:
    """One grant for each role."""
    return tuple(Grant(role, actions, reach) for role in roles)


# Whoever meets customers works on his store's; leaders also remove, export and import; the head does so in every
# store of his company.
BUSINESS = (
    *grants(FRONT, WORK | FIND | SHOW, Reach.STORE),
    *grants(LEADERS, EVERYTHING | SHOW, Reach.STORE),
    *grants(("general_manager",), EVERYTHING | SHOW, Reach.COMPANY),
    *grants(("group_operations",), READ_ONLY | FIND | {Action.EXPORT}, Reach.GROUP),
    *grants(("technician", "workshop_manager", "parts", "finance", "marketing", "analyst"), READ_ONLY, Reach.STORE),
    *grants(("complaint_handler",), READ_ONLY | FIND | SHOW, Reach.STORE),
    *grants(("security_officer",), READ_ONLY, Reach.GROUP),
)

# The organisation itself: everybody reads his store's, the administrator keeps it.
ORGANISATION = (
    *grants(
        (
            *FRONT,
            *LEADERS,
            "technician",
            "workshop_manager",
            "parts",
            "finance",
            "marketing",
            "analyst",
            "complaint_handler",
        ),
        READ_ONLY,
        Reach.STORE,
    ),
    *grants(("general_manager",), READ_ONLY, Reach.COMPANY),
    *grants(("group_operations", "security_officer"), READ_ONLY, Reach.GROUP),
    *grants(("administrator",), EVERYTHING, Reach.GROUP),
)

STAFF = (
    *FRONT,
    *LEADERS,
    "technician",
    "workshop_manager",
    "parts",
    "finance",
    "marketing",
    "analyst",
    "complaint_handler",
)
HEADS = (
    *grants(("general_manager",), EVERYTHING | SHOW, Reach.COMPANY),
    *grants(("group_operations",), READ_ONLY | FIND | {Action.EXPORT}, Reach.GROUP),
    *grants(("security_officer",), READ_ONLY, Reach.GROUP),
)


def worked_by(workers: Iterable[str], leaders: Iterable[str], readers: Iterable[str] = STAFF) -> tuple[Grant, ...]:
    """A line of business in its store: who does the work, who also removes, exports and imports, who reads along."""
    working, leading = tuple(workers), tuple(leaders)
    rest = [role for role in readers if role not in working and role not in leading]
    return (
        *grants(working, WORK | FIND, Reach.STORE),
        *grants(leading, EVERYTHING, Reach.STORE),
        *grants(rest, READ_ONLY, Reach.STORE),
        *HEADS,
    )


SALES = worked_by(("sales_consultant", "dcc", "receptionist"), ("sales_manager",))
SERVICE = worked_by(
    ("service_advisor", "technician", "workshop_manager", "receptionist", "parts"), ("service_manager",)
)
INSURANCE = worked_by(
    ("insurance", "renewal", "service_advisor", "sales_consultant"), ("service_manager", "sales_manager")
)
CARE = worked_by((*FRONT, "complaint_handler"), LEADERS)

# What the whole group shares: everybody reads it, group operations and the administrator keep it.
CATALOGUE = (
    *grants((*STAFF, "general_manager", "security_officer"), READ_ONLY, Reach.GROUP),
    *grants(("group_operations", "administrator"), EVERYTHING, Reach.GROUP),
)

# What is only ever added: who does the work adds, leaders also bring in and take out files of it.
ADD = READ_ONLY | {Action.CREATE}
FILES = frozenset({Action.EXPORT, Action.IMPORT})


def added_by(adders: Iterable[str], readers: Iterable[str] = STAFF) -> tuple[Grant, ...]:
    """A ledger of a store: who adds to it, who reads along."""
    adding = tuple(adders)
    rest = [role for role in readers if role not in adding and role not in LEADERS]
    return (
        *grants(adding, ADD | FIND, Reach.STORE),
        *grants(LEADERS, ADD | FIND | FILES, Reach.STORE),
        *grants(rest, READ_ONLY, Reach.STORE),
        *grants(("general_manager",), ADD | FIND | FILES, Reach.COMPANY),
        *grants(("group_operations",), READ_ONLY | FIND | {Action.EXPORT}, Reach.GROUP),
        *grants(("security_officer",), READ_ONLY, Reach.GROUP),
    )


# History that rules write: leaders may bring that of an older system in.
HISTORY = added_by(())
# What the whole group shares and nobody changes once it stands.
EDITIONS = (
    *grants((*STAFF, "general_manager", "security_officer"), READ_ONLY, Reach.GROUP),
    *grants(("group_operations", "administrator"), ADD | FILES | FIND, Reach.GROUP),
)


def kept(given: Iterable[Grant]) -> tuple[Grant, ...]:
    """The same grants where records are corrected but never removed."""
    return tuple(Grant(grant.role, grant.actions - {Action.DELETE}, grant.reach) for grant in given)


# Who may still become customers: whoever works on them also shows their numbers, for a reason.
PROSPECTS = tuple(
    Grant(grant.role, grant.actions | SHOW, grant.reach) if Action.CREATE in grant.actions else grant for grant in SALES
)
TARGETS = worked_by((), ("sales_manager",))
