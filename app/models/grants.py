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
