"""Files sent by programs: what is told, what is refused, and that no id helps anybody else."""

from io import BytesIO
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.appkit import Premises
from tests.cast import EVERYBODY
from tests.web.papers import HTML, LIMIT, PDF, add, fetched, number, picture

PAPERS = "/api/v1/data/paper/"
RAW = "application/octet-stream"


def send(place: Premises, data: bytes, name: str, field: str = "scan", part: str = "consultant") -> TestResponse:
    """The bytes alone, their name in the address."""
    address = f"{PAPERS}file/{field}"
    return place.caller(part).post(address, query_string={"name": name}, data=data, content_type=RAW)


def form(place: Premises, **parts: Any) -> TestResponse:
    """A form with these parts."""
    return place.caller("consultant").post(f"{PAPERS}file/scan", data=parts, content_type="multipart/form-data")


def code(answer: TestResponse) -> tuple[int, str]:
    """The status, and the code of the field's error or of the refusal."""
    errors = answer.json.get("errors")
    return answer.status_code, errors[0]["code"] if errors else answer.json["code"]


# Taken ----------------------------------------------------------------------------------------------------------------
def test_bytes_become_an_id_that_a_record_takes(place: Premises) -> None:
    sent = send(place, PDF, "合同 𠮷.pdf")
    assert sent.status_code == 201
    told = {"name": "合同 𠮷.pdf", "media_type": "application/pdf", "size": len(PDF)}
    assert sent.json == {"id": sent.json["id"]} | told
    made = place.caller("consultant").post(PAPERS, json={"title": "接口", "scan": sent.json["id"]})
    assert made.status_code == 201
    assert fetched(place, made.json["id"]).data == PDF


def test_a_form_with_one_part_does_as_well(place: Premises) -> None:
    sent = form(place, file=(BytesIO(PDF), "../a.PDF"))
    assert (sent.status_code, sent.json["name"]) == (201, "a.pdf")


def test_a_picture_is_drawn_anew_and_taken_off_again(place: Premises) -> None:
    caller = place.caller("consultant")
    sent = send(place, picture() + HTML, "车.jpg", "photo")
    assert sent.json["media_type"] == "image/jpeg"
    pk = number(add(place))
    assert caller.patch(f"{PAPERS}{pk}", json={"photo": sent.json["id"], "version": 1}).status_code == 200
    assert HTML not in fetched(place, pk, "photo").data
    assert caller.patch(f"{PAPERS}{pk}", json={"photo": None, "version": 2}).status_code == 200
    assert fetched(place, pk, "photo").status_code == 404


def test_a_browsers_session_sends_with_its_pages_token_alone(place: Premises) -> None:
    address, query = f"{PAPERS}file/scan", {"name": "a.pdf"}
    desk = place.desk("consultant")
    assert desk.post(address, query_string=query, data=PDF, content_type=RAW).status_code == 201
    assert desk.post(address, query_string=query, data=PDF, content_type=RAW, csrf=False).status_code == 400


# Refused --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("data", "name", "field", "wrong"),
    [
        (HTML, "a.html", "scan", "file_kind"),
        (HTML, "a.pdf", "scan", "file_content"),
        (b"", "a.pdf", "scan", "file_empty"),
        (PDF, "a.pdf", "photo", "file_kind"),
        (PDF, "shell.php.pdf", "scan", "file_kind"),
        (PDF + b" " * LIMIT, "long.pdf", "scan", "file_size"),
    ],
)
def test_what_a_form_refuses_is_refused_at_its_field(
    place: Premises, data: bytes, name: str, field: str, wrong: str
) -> None:
    before = place.one("SELECT count(*) FROM upload")
    assert code(send(place, data, name, field)) == (422, wrong)
    assert place.one("SELECT count(*) FROM upload") == before


@pytest.mark.parametrize("field", ["title", "closed", "nothing", "id"])
def test_what_is_no_file_of_ones_own_is_not_there(place: Premises, field: str) -> None:
    assert code(send(place, PDF, "a.pdf", field)) == (404, "not_found")


def test_content_of_another_form_is_refused(place: Premises) -> None:
    caller, address = place.caller("consultant"), f"{PAPERS}file/scan"
    assert code(caller.post(address, json={"file": "x"})) == (415, "media_type")
    assert code(caller.post(address, data={"file": "x"})) == (415, "media_type")
    assert code(caller.post(address, data=PDF, content_type=RAW)) == (400, "file_name")
    assert code(caller.post(f"{address}?nome=a.pdf", data=PDF, content_type=RAW)) == (400, "unknown_parameter")
    assert code(form(place)) == (400, "file_part")
    assert code(form(place, scan=(BytesIO(PDF), "a.pdf"))) == (400, "file_part")
    assert code(form(place, file=[(BytesIO(PDF), "a.pdf"), (BytesIO(PDF), "b.pdf")])) == (400, "file_part")
    assert caller.get(address).status_code == 405


def test_the_limits_of_a_request_hold_for_bytes_too(place: Premises) -> None:
    large = PDF + bytes(13 * 1024 * 1024)
    assert code(send(place, large, "a.pdf", "annex")) == (413, "http_413")
    assert send(place, large, "a.pdf", "annex", "admin").status_code == 201


# Whose ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("part", EVERYBODY)
def test_a_person_sends_files_as_his_grants_say(place: Premises, part: str) -> None:
    wanted = {"consultant": 201, "manager": 201, "outsider": 201, "admin": 201, "nobody": 401}.get(part, 403)
    assert send(place, PDF, "a.pdf", part=part).status_code == wanted
    if part != "nobody":
        paths = place.caller(part).get("/api/v1/openapi.json").json["paths"]
        assert (f"{PAPERS}file/{{field}}" in paths) == (wanted == 201)


def test_an_id_serves_its_sender_for_its_field_once(place: Premises) -> None:
    sent = send(place, PDF, "a.pdf").json["id"]
    for part, field in (("manager", "scan"), ("outsider", "scan"), ("consultant", "annex")):
        answer = place.caller(part).post(PAPERS, json={"title": "猜", field: sent})
        assert code(answer) == (422, "upload")
    caller = place.caller("consultant")
    assert caller.post(PAPERS, json={"title": "一", "scan": sent}).status_code == 201
    assert code(caller.post(PAPERS, json={"title": "二", "scan": sent})) == (422, "upload")


def test_the_description_says_how_and_names_the_fields(place: Premises) -> None:
    document = place.caller("consultant").get("/api/v1/openapi.json").json
    told = document["paths"][f"{PAPERS}file/{{field}}"]["post"]
    assert set(told["requestBody"]["content"]) == {"multipart/form-data", RAW}
    assert told["parameters"][0]["schema"]["enum"] == ["scan", "annex", "photo"]
    assert {"201", "403", "413", "415", "422"} <= set(told["responses"])
    assert f"{PAPERS}file/{{field}}".replace("paper", "customer") not in document["paths"]


def test_a_file_that_was_replaced_comes_back_from_the_trail(place: Premises) -> None:
    other = PDF.replace(b"%PDF-1.7", b"%PDF-1.6") if b"%PDF-1.7" in PDF else PDF + b"\n%other\n"
    caller = place.caller("consultant")
    first, second = send(place, PDF, "旧.pdf").json["id"], send(place, other, "新.pdf").json["id"]
    pk = caller.post(PAPERS, json={"title": "换文件", "scan": first}).json["id"]
    assert caller.patch(f"{PAPERS}{pk}", json={"scan": second, "version": 1}).status_code == 200
    assert fetched(place, pk).data == other
    last = caller.get(f"{PAPERS}{pk}/history").json["result"][0]["entry"]
    answer = caller.post(f"{PAPERS}{pk}/undo", json={"entry": last, "version": 2})
    assert (answer.status_code, answer.json.get("undone")) == (200, ["scan"]), answer.text
    assert fetched(place, pk).data == PDF
