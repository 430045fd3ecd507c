"""GET /api/v1/data/<entity>/<id>."""

from flask.testing import FlaskClient

from tests.appkit import Premises

CUSTOMERS = "/api/v1/data/customer/"


def without_id(answer) -> dict:
    return {name: value for name, value in answer.json.items() if name != "request_id"}


def test_a_record_carries_its_version_as_etag(consultant, customer):
    answer = consultant.get(f"{CUSTOMERS}{customer}")
    assert answer.status_code == 200
    assert answer.headers["ETag"] == '"1"'
    assert answer.json["result"]["name"] == "张三丰"
    assert answer.json["result"]["version"] == 1


def test_protected_values_are_masks_even_in_ones_own_records(consultant, make, premises: Premises):
    with premises.acting("consultant") as context:
        mine = make.customer(phone="13900139000", sales_owner=str(context.actor.employee))
    answer = consultant.get(f"{CUSTOMERS}{mine}")
    assert answer.json["result"]["phone"] == "139****9000"
    assert "13900139000" not in answer.text


def test_a_field_hidden_in_others_records_is_absent(consultant, make):
    others = make.customer()
    answer = consultant.get(f"{CUSTOMERS}{others}").json["result"]
    assert "id_card" not in answer
    assert "phone" in answer


def test_a_foreign_id_answers_like_a_missing_one(consultant, foreign):
    ours, missing = (consultant.get(f"{CUSTOMERS}{number}") for number in (foreign, 99_999_999))
    assert (ours.status_code, missing.status_code) == (404, 404)
    assert without_id(ours) == without_id(missing)


def test_ids_that_cannot_be_are_not_found(consultant):
    for number in ("0", "-1", "x", "9" * 30, "1.5", "%00"):
        answer = consultant.get(f"{CUSTOMERS}{number}")
        assert answer.status_code == 404, number
        assert answer.mimetype == "application/problem+json"


def test_a_session_reads_as_a_token_does(premises: Premises, customer):
    desk: FlaskClient = premises.desk("consultant")
    assert desk.get(f"{CUSTOMERS}{customer}").json["result"]["id"] == customer


def test_nobody_is_asked_for_a_token(premises: Premises, customer):
    answer = premises.caller("nobody").get(f"{CUSTOMERS}{customer}")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json["code"] == "unauthenticated"


def test_a_wrong_token_is_nobody(premises: Premises, customer):
    for header in ("Bearer dlr_wrong", "Bearer", "Bearer x", "Basic YTpi", "dlr_x", "Bearer dlr_\x80"):
        answer = premises.caller("nobody").get(f"{CUSTOMERS}{customer}", headers={"Authorization": header})
        assert answer.status_code == 401, header


def test_a_header_that_names_nobody_does_not_fall_back_to_the_cookie(premises: Premises, customer):
    answer = premises.desk("consultant").get(f"{CUSTOMERS}{customer}", headers={"Authorization": "Bearer dlr_x"})
    assert answer.status_code == 401


def test_a_method_no_verb_has_is_refused(consultant, customer):
    answer = consultant.post(f"{CUSTOMERS}{customer}")
    assert answer.status_code == 405
    assert "PATCH" in answer.headers["Allow"]
    assert answer.mimetype == "application/problem+json"
