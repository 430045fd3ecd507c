"""DELETE /api/v1/data/<entity>/<id>."""

CUSTOMERS = "/api/v1/data/customer/"


def test_a_record_is_removed(manager, customer, noted):
    assert manager.delete(f"{CUSTOMERS}{customer}").status_code == 204
    assert manager.get(f"{CUSTOMERS}{customer}").status_code == 404
    assert ("delete", "customer", customer, None) in noted()


def test_with_a_version_it_is_removed_only_as_it_was_read(manager, customer):
    manager.patch(f"{CUSTOMERS}{customer}", json={"stage": "lost", "version": 1})
    assert manager.delete(f"{CUSTOMERS}{customer}", headers={"If-Match": '"1"'}).status_code == 409
    assert manager.delete(f"{CUSTOMERS}{customer}", headers={"If-Match": '"2"'}).status_code == 204


def test_what_others_refer_to_stays(manager, customer, make):
    make.vehicle(customer=str(customer))
    answer = manager.delete(f"{CUSTOMERS}{customer}")
    assert (answer.status_code, answer.json["code"]) == (409, "in_use")


def test_a_foreign_record_is_not_found(manager, foreign, stored):
    assert manager.delete(f"{CUSTOMERS}{foreign}").status_code == 404
    assert stored(foreign)["id"] == foreign


def test_it_needs_the_grant(consultant, customer, stored):
    assert consultant.delete(f"{CUSTOMERS}{customer}").status_code == 403
    assert stored(customer)["id"] == customer
