"""What an actor may do with an entity's records."""

from enum import StrEnum


class Action(StrEnum):
    """The verbs grants are made of."""

    LIST = "list"
    READ = "read"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    EXPORT = "export"
    IMPORT = "import"
    REVEAL = "reveal"
    SEARCH = "search"  # find a protected value by its whole


READ_ONLY = frozenset({Action.LIST, Action.READ})
WORK = READ_ONLY | {Action.CREATE, Action.UPDATE}
EVERYTHING = frozenset(Action) - {Action.REVEAL}
