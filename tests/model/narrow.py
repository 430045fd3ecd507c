"""A token of few scopes, asked beside its holder's own doors: it never does more than both allow, nor less."""

from collections.abc import Iterator
from typing import Any

from werkzeug.test import TestResponse

from tests.model.heads import Case, head, numbers, opened, same, scanned, status, told


def asked(case: Case, method: str, path: str, **how: Any) -> TestResponse:
    """What the holder's narrow token is answered."""
    return case.stage.desks[case.person, "narrow"].open(path, method=method, **how)


@head
def narrow_token(case: Case) -> Iterator[str]:
    base, oracle = f"/api/v1{case.base}", case.oracle

    def may(verb: str) -> bool:
        return oracle.may(case.person, verb, case.noun) and oracle.in_scope(case.person, verb, case.noun)

    answer = asked(case, "GET", f"{base}/", query_string={"size": 200, "order": "-id", "count": "false"})
    yield from status(case, answer, 200 if may("list") else 403, "token")
    yield from scanned(case, answer)
    if opened(case, answer.status_code, "token") and may("list"):
        yield from same("narrow list", case.ours(set(numbers(answer))), oracle.reached(case.person, case.noun))
        yield from (line for row in answer.json["result"] if row["id"] == case.number for line in told(case, row))
    within = case.number in oracle.reached(case.person, case.noun)
    answer = asked(case, "GET", f"{base}/{case.number}")
    yield from status(case, answer, (200 if within else 404) if may("read") else 403, "token")
    yield from scanned(case, answer)
    if not may("update"):
        answer = asked(case, "PATCH", f"{base}/{case.number}", json={"version": 1, "note": "eng"})
        yield from status(case, answer, 403, "token")
    if not may("export"):
        yield from status(case, asked(case, "GET", f"{base}/export.csv"), 403, "token")
    if not may("reveal"):
        answer = asked(case, "POST", f"{base}/{case.number}/reveal/phone", json={"reason": "call"})
        if answer.status_code == 200:
            yield f"a narrow token opened a number of {case.noun} {case.number}"
