"""Routes name verbs, the catalog names nouns: one rule a verb, FAB instances built when first asked for."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any, Protocol

from flask import Blueprint, g

from app.access.state import FieldPolicy
from app.core.entity import Entity
from app.core.errors import NotFound
from app.heads.door import signed_in, through_door
from app.heads.mapped import KEPT
from app.records.context import Context

LARGEST = 512  # instances a process keeps, about 0.25 MB each


class Head(Protocol):
    """A FAB view or API built for one description as one field policy shows it."""

    entity: Entity


Build = Callable[[Entity, FieldPolicy], Head]


class Instances:
    """FAB instances by (entity, version, field policy), the least used given up first. Thread-safe."""

    def __init__(self, build: Build, largest: int = LARGEST) -> None:
        self._build = build
        self._largest = largest
        self._held: OrderedDict[tuple[str, int, FieldPolicy], tuple[Entity, Head]] = OrderedDict()
        self._lock = Lock()

    def get(self, entity: Entity, policy: FieldPolicy) -> Head:
        """The instance for this description, built at its first use."""
        key = (entity.name, entity.version, policy)
        with self._lock:
            held = self._held.get(key)
            if held is not None and (held[0] is entity or held[0] == entity):
                self._held.move_to_end(key)
                return held[1]
        head = self._build(entity, policy)
        with self._lock:
            self._held[key] = (entity, head)
            self._held.move_to_end(key)
            self._give_up(entity)
        return head

    def _give_up(self, entity: Entity) -> None:
        """Lets go of versions that no request keeps to any more, and of the least used beyond the bound."""
        for key in [key for key in self._held if key[0] == entity.name and key[1] < entity.version - KEPT]:
            del self._held[key]
        while len(self._held) > self._largest:
            self._held.popitem(last=False)

    def __len__(self) -> int:
        return len(self._held)


def verbs(base: type) -> list[tuple[str, str, tuple[str, ...]]]:
    """The routes of our own methods: (method name, rule, HTTP methods), as `@expose` recorded them.

    What FAB exposes and we did not write anew (action, download) has no route: it would load rows past `records`.
    """
    found = []
    for name in dir(base):
        method = getattr(base, name)
        if str(getattr(method, "__module__", "")).startswith("flask_appbuilder"):
            continue
        for rule, methods in getattr(method, "_urls", ()):
            found.append((name, rule, tuple(methods)))
    return found


def blueprint(name: str, prefix: str, base: type, instances: Instances) -> Blueprint:
    """A permanent blueprint whose rules call the instance for `<entity>`, each inside one announced transaction."""
    made = Blueprint(name, __name__, url_prefix=prefix)
    for number, (method, rule, http) in enumerate(verbs(base)):
        endpoint = f"{method}_{number}"
        made.add_url_rule(
            f"/<entity>{rule}",
            endpoint,
            through_door(_caller(method, instances)),
            methods=list(http),
            strict_slashes=False,
        )
    return made


def _caller(method: str, instances: Instances) -> Callable[..., Any]:
    def call(entity: str, **arguments: Any) -> Any:
        context: Context = g.context
        signed_in()
        found = context.snapshot.get(entity)
        if found is None:
            raise NotFound
        g.entity = found
        head = instances.get(found, context.policy(found))
        return getattr(head, method)(**arguments)

    return call
