"""A fixed walk through everything that changes rights, with every head asked after each step."""

from collections.abc import Callable, Iterator

from tests.model import narrow, sql  # noqa: F401  # they register their heads
from tests.model.heads import Case, differences
from tests.model.oracle import VERBS, Right
from tests.model.stage import Stage

NOUNS = ("key_loan", "customer", "vehicle")
Act = Callable[[Stage], None]


def staff(stage: Stage) -> list[int]:
    """Everybody but the founder: two of his store in two teams, one of the second store, one of the other company."""
    return [person for person in sorted(stage.oracle.people) if person != stage.founder]


def roles(stage: Stage) -> list[int]:
    """The founder's role, the store's, one's own, the readers'."""
    return sorted(stage.oracle.roles)


def shared(stage: Stage) -> tuple[int, str, int]:
    """A record of the first store for somebody of the other company."""
    return staff(stage)[3], "customer", min(stage.oracle.records["customer"])


def narrowed(stage: Stage) -> None:
    """The store's people list and no longer read, and have no other verb."""
    stage.set_rights(roles(stage)[1], "customer", Right(frozenset({"list"}), "store"))


def read_alone(stage: Stage) -> None:
    """The readers read, but list no cars any more."""
    stage.set_rights(roles(stage)[3], "vehicle", Right(frozenset({"read"}), "company"))
    stage.set_rights(roles(stage)[3], "customer", Right(frozenset(VERBS) - {"search", "export"}, "company"))


ACTS: tuple[tuple[str, Act], ...] = (
    ("as it was built", lambda _stage: None),
    ("a record is shared", lambda stage: stage.share(*shared(stage))),
    ("its time is over", lambda stage: stage.expire(*shared(stage))),
    ("a role is taken away", lambda stage: stage.give(staff(stage)[2], roles(stage)[3], holds=False)),
    ("a role is narrowed", narrowed),
    ("another reads without listing", read_alone),
    ("somebody joins another team", lambda stage: stage.move(staff(stage)[0], None)),
    ("somebody signs out", lambda stage: stage.sign_out(staff(stage)[0])),
    ("a token is ended", lambda stage: stage.end_token(staff(stage)[1])),
    ("somebody leaves", lambda stage: stage.leave(staff(stage)[1], staff(stage)[0])),
    ("an account is closed", lambda stage: stage.activate(staff(stage)[3], active=False)),
)


def walked(stage: Stage, heads: list[str]) -> Iterator[str]:
    """What the named heads answer otherwise than the oracle, step by step: everybody, each noun, every other record."""
    for what, act in ACTS:
        act(stage)
        for person in sorted(stage.oracle.people):
            for noun in NOUNS:
                for number in sorted(stage.oracle.records[noun])[::2]:
                    yield from (f"{what}: {one}" for one in differences(Case(stage, person, noun, number), heads))


def glanced(stage: Stage) -> Iterator[str]:
    """The same walk with every head, each person asked about one record a step."""
    for turn, (what, act) in enumerate(ACTS):
        act(stage)
        for place, person in enumerate(sorted(stage.oracle.people)):
            noun = NOUNS[(turn + place) % len(NOUNS)]
            ids = sorted(stage.oracle.records[noun])
            case = Case(stage, person, noun, ids[(turn + place) % len(ids)])
            yield from (f"{what}: {one}" for one in differences(case))
