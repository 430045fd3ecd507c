"""What somebody tries who can run any statement as the web or worker role."""

import json
from collections.abc import Callable

from app.db.engine import Database
from tests.scope.scene import Attack, Hand, Scene

ATTACKS: dict[str, Attack] = {}
ENTITIES = ("company", "store", "team", "employee", "customer", "vehicle", "search_token")


def attack(kind: Callable[[Scene], list[str]]) -> Callable[[Scene], list[str]]:
    """Registers an attack under its name."""
    ATTACKS[kind.__name__] = kind
    return kind


def glance(hand: Hand) -> None:
    """Reads the tables that hold business."""
    for name in ENTITIES:
        hand.run(f"SELECT t::text FROM {name} t")


def everything(hand: Hand) -> list[str]:
    """Every way to read and write rows that needs no trick."""
    scene = hand.scene
    hand.sweep()
    for name in ENTITIES:
        hand.copied(f"COPY (SELECT * FROM {name}) TO STDOUT")
        hand.copied(f"COPY {name} TO STDOUT")
        place = "id" if name in ("company", "store") else "store_id"
        hand.run(f"DELETE FROM {name} WHERE {place} = {scene.stores['XH']} RETURNING *")
    hand.run("UPDATE customer SET note = 'mine now' WHERE id = %s RETURNING *", scene.theirs["customer"])
    hand.run(
        "INSERT INTO customer (store_id, name, kind, stage, do_not_contact) VALUES (%s, '外', 'person', 'new', false)",
        scene.stores["XH"],
    )
    hand.run("INSERT INTO search_token VALUES (%s, 7, %s, 'customer')", scene.stores["XH"], scene.theirs["customer"])
    return hand.leaks


@attack
def nobody_announced(scene: Scene) -> list[str]:
    with scene.open("web") as hand:
        everything(hand)
        hand.refused(
            "INSERT INTO customer (store_id, name, kind, stage, do_not_contact)"
            " VALUES (%s, '无', 'person', 'new', false)",
            scene.stores["PD"],
        )
        return hand.leaks + ([] if hand.run("SELECT count(*) FROM customer")[0][0] == 0 else ["nobody sees customers"])


@attack
def nobody_announced_by_a_worker(scene: Scene) -> list[str]:
    with scene.open("worker") as hand:
        return everything(hand)


@attack
def a_colleague_of_another_store(scene: Scene) -> list[str]:
    with scene.open("web", "consultant") as hand:
        return everything(hand)


@attack
def a_manager_of_another_store(scene: Scene) -> list[str]:
    with scene.open("web", "manager") as hand:
        return everything(hand)


@attack
def an_ended_or_invented_token(scene: Scene) -> list[str]:
    found = []
    for token in ("", "x", "dlr_x", "0" * 64, "' OR true --", "\\x00"):
        with scene.open() as hand:
            hand.run("SELECT gate.announce(%s, 'scope')", token)
            found += everything(hand)
    return found


# Settings and tickets ------------------------------------------------------------------------------------------------
def forgeries(hand: Hand) -> list[tuple[str, str]]:
    """Pairs of settings nobody signed, and signed ones that were changed."""
    stores = list(hand.scene.stores.values())
    everywhere = {
        "all": True,
        "st": stores,
        "tm": [],
        "ow": None,
        "ids": [],
        "a": ["list", "read", "update", "delete", "create"],
    }
    reach = json.dumps({"g": dict.fromkeys(ENTITIES, everywhere), "st": stores, "r": [], "*": True})
    head = json.dumps({"u": 1, "k": "person", "n": "陈总", "s": 1})
    binding = hand.run(
        "SELECT pg_backend_pid() || '.' || (extract(epoch FROM transaction_timestamp()) * 1000000)::bigint || '|'"
    )[0][0]
    true_head, true_reach = settings(hand)
    own = hand.scene.stores
    edited = true_reach.replace(f'"st": [{own["PD"]}]', f'"st": [{own["XH"]}]')
    return [
        (head, reach),
        (binding + head, binding + reach),
        ("0" * 64 + binding + head, "0" * 64 + binding + reach),
        (true_head[:64] + binding + head, true_reach[:64] + binding + reach),
        (true_head, edited),
        (true_head, true_reach[:64] + binding + reach),
        (true_reach, true_reach.replace('{"g"', '{"*": true, "g"')),
        ("", reach), ("null", "null"), ("{}", '{"*": true}'),
    ]  # fmt: skip


def settings(hand: Hand) -> tuple[str, str]:
    """The settings of the transaction as they stand."""
    found = hand.run("SELECT current_setting('forecourt.ticket', true), current_setting('forecourt.reach', true)")[0]
    return found[0] or "", found[1] or ""


def put(hand: Hand, ticket: str, reach: str, *, local: bool = True) -> None:
    """Sets both settings."""
    hand.run(
        "SELECT set_config('forecourt.ticket', %s, %s), set_config('forecourt.reach', %s, %s)",
        ticket,
        local,
        reach,
        local,
    )


@attack
def settings_nobody_signed(scene: Scene) -> list[str]:
    with scene.open("web", "consultant") as hand:
        for ticket, reach in forgeries(hand):
            for local in (True, False):
                put(hand, ticket, reach, local=local)
                glance(hand)
        return everything(hand)


@attack
def a_ticket_of_another_transaction(scene: Scene) -> list[str]:
    with scene.open("web", "outsider") as theirs:
        ticket, reach = settings(theirs)
        with scene.open() as hand:
            put(hand, ticket, reach)
            return everything(hand)


@attack
def a_ticket_of_the_transaction_before(scene: Scene) -> list[str]:
    with scene.open("web", "outsider") as hand:
        ticket, reach = settings(hand)
        hand.connection.commit()
        put(hand, ticket, reach, local=False)
        return everything(hand)


@attack
def halves_of_two_tickets(scene: Scene) -> list[str]:
    with scene.open("web", "consultant") as hand:
        ticket, reach = settings(hand)
        put(hand, reach, ticket)
        hand.sweep()
        put(hand, ticket, ticket)
        hand.sweep()
        put(hand, reach, reach)
        return everything(hand)


@attack
def announcing_as_system_or_another(scene: Scene) -> list[str]:
    with scene.open("web", "consultant") as hand:
        for call in (
            "announce_system('x')",
            "announce_job(1, 'x')",
            "punch('{}', '{\"*\": true}')",
            "admit(1, 'person', 1, 'x')",
            "sign('r', '{}')",
        ):
            hand.refused(f"SELECT gate.{call}")
        return everything(hand)


@attack
def settings_that_change_how_statements_are_read(scene: Scene) -> list[str]:
    changes = (
        "search_path = public, pg_temp", "search_path = ''", "row_security = off", "transform_null_equals = on",
        "session_replication_role = replica", "check_function_bodies = off", "plan_cache_mode = force_generic_plan",
        "DateStyle = 'German'", "IntervalStyle = 'sql_standard'", "TimeZone = 'Asia/Shanghai'",
        "bytea_output = 'escape'", "extra_float_digits = 0", "enable_indexscan = off", "jit = on",
        "role = 'forecourt_owner'", "session_authorization = 'postgres'", "local_preload_libraries = 'x'",
        "allow_system_table_mods = on",
    )  # fmt: skip
    found = []
    for change in changes:
        with scene.open("web", "consultant") as hand:
            hand.run(f"SET LOCAL {change}")
            hand.sweep()
            found += hand.leaks
    return found


# Transactions --------------------------------------------------------------------------------------------------------
@attack
def savepoints(scene: Scene) -> list[str]:
    with scene.open("web", "consultant") as hand:
        hand.connection.execute("SAVEPOINT before")
        hand.announce("outsider")
        hand.connection.execute("ROLLBACK TO SAVEPOINT before")
        hand.sweep()
        hand.connection.execute("SAVEPOINT again")
        hand.announce("outsider")
        hand.connection.execute("RELEASE SAVEPOINT again")
        hand.announce("consultant")
        return everything(hand)


@attack
def an_announcement_rolled_back(scene: Scene) -> list[str]:
    with scene.open() as hand:
        hand.connection.execute("SAVEPOINT before")
        hand.announce("outsider")
        hand.connection.execute("ROLLBACK TO SAVEPOINT before")
        return everything(hand) + ([] if hand.run("SELECT gate.my_id()") == [(None,)] else ["still announced"])


@attack
def what_the_one_before_left_on_the_connection(scene: Scene) -> list[str]:
    """The pool's own connections: prepared statements, session settings, held cursors of the person before."""
    database = Database(scene.config.url("web"), pool_size=1)
    try:
        return left_behind(scene, database)
    finally:
        database.dispose()


def left_behind(scene: Scene, database: Database) -> list[str]:
    """What a second person finds on a connection the first one prepared."""
    with database.announced(scene.tokens["outsider"], "first") as (connection, _):
        connection.exec_driver_sql("PREPARE theirs AS SELECT * FROM customer")
        connection.exec_driver_sql("EXECUTE theirs").fetchall()
        connection.exec_driver_sql("DECLARE held CURSOR WITH HOLD FOR SELECT * FROM customer")
        connection.exec_driver_sql("SELECT set_config('forecourt.ticket', current_setting('forecourt.ticket'), false)")
        connection.exec_driver_sql("SELECT set_config('forecourt.reach', current_setting('forecourt.reach'), false)")
        connection.exec_driver_sql("SET search_path = pg_temp")
    found = []
    for token in ("", scene.tokens["consultant"]):
        with database.announced(token, "second") as (connection, _):
            raw = connection.connection.driver_connection
            hand = Hand(scene, raw)  # type: ignore[arg-type]
            for statement in ("FETCH ALL FROM held", "EXECUTE theirs", "SHOW search_path"):
                rows = hand.run(statement)
                found += ["a setting was left"] if "pg_temp" in repr(rows) else []
            found += everything(hand)
    return found


# Rows in other stores ------------------------------------------------------------------------------------------------
@attack
def children_of_foreign_parents(scene: Scene) -> list[str]:
    mine, theirs = scene.mine, scene.theirs
    with scene.open("web", "manager") as hand:
        vehicle = "INSERT INTO vehicle (store_id, vin, customer_id, status) VALUES (%s, %s, %s, 'delivered')"
        hand.refused(vehicle, scene.stores["PD"], "LSVAA2AA1EE999991", theirs["customer"])
        hand.refused(vehicle, scene.stores["XH"], "LSVAA2AA1EE999992", theirs["customer"])
        hand.refused(vehicle, scene.stores["XH"], "LSVAA2AA1EE999993", mine["customer"])
        hand.refused("UPDATE vehicle SET customer_id = %s WHERE id = %s", theirs["customer"], mine["vehicle"])
        hand.refused("UPDATE vehicle SET sales_owner_id = %s WHERE id = %s", theirs["employee"], mine["vehicle"])
        for owner in ("sales_owner_id", "service_owner_id", "renewal_owner_id", "care_owner_id"):
            hand.refused(f"UPDATE customer SET {owner} = %s WHERE id = %s", theirs["employee"], mine["customer"])
        return hand.leaks


@attack
def a_record_moved_to_another_store(scene: Scene) -> list[str]:
    with scene.open("web", "boss") as hand:
        hand.refused("UPDATE customer SET store_id = %s WHERE id = %s", scene.stores["XH"], scene.mine["childless"])
        hand.refused("UPDATE customer SET store_id = %s WHERE id = %s", scene.stores["PD"], scene.theirs["childless"])
        return [leak for leak in hand.leaks if leak.startswith("not refused")]


@attack
def a_record_put_into_another_store(scene: Scene) -> list[str]:
    with scene.open("web", "manager") as hand:
        hand.refused(
            "INSERT INTO customer (store_id, name, kind, stage, do_not_contact)"
            " VALUES (%s, '外', 'person', 'new', false)",
            scene.stores["XH"],
        )
        many = "SELECT n, '外', 'person', 'new', false FROM generate_series(1, 9) n"
        hand.refused(f"INSERT INTO customer (store_id, name, kind, stage, do_not_contact) {many}")
        hand.poured(
            "COPY customer (store_id, name, kind, stage, do_not_contact) FROM STDIN",
            f"{scene.stores['XH']}\t外\tperson\tnew\tf\n",
        )
        merge = (
            "MERGE INTO customer c USING (SELECT %s::bigint AS id) s ON c.id = s.id"
            " WHEN MATCHED THEN UPDATE SET note = 'x'"
            " WHEN NOT MATCHED THEN INSERT (store_id, name, kind, stage, do_not_contact)"
            " VALUES (%s, '外', 'person', 'new', false)"
        )
        hand.refused(merge, scene.theirs["customer"], scene.stores["XH"])
        return hand.leaks


@attack
def who_and_when_invented(scene: Scene) -> list[str]:
    made = (
        "INSERT INTO customer (store_id, name, kind, stage, do_not_contact,"
        " created_by, updated_by, created_at, version)"
        " VALUES (%s, '伪', 'person', 'new', false, 999, 999, '2001-01-01', 77) RETURNING id"
    )
    invented = "created_by = 998, updated_by = 998, version = 55, uuid = gen_random_uuid()"
    true = "created_by = gate.my_id(), updated_by = gate.my_id(), version = 2, created_at > '2002-01-01'"
    with scene.open("web", "manager") as hand:
        number = hand.run(made, scene.stores["PD"])[0][0]
        hand.run(f"UPDATE customer SET {invented} WHERE id = %s", number)
        row = hand.run(f"SELECT {true} FROM customer WHERE id = %s", number)
    return [] if row == [(True, True, True, True)] else [f"invented: {row}"]


@attack
def a_verb_no_grant_allows(scene: Scene) -> list[str]:
    with scene.open("web", "technician") as hand:
        for statement in (
            (
                "INSERT INTO customer (store_id, name, kind, stage, do_not_contact)"
                " VALUES (%s, '技', 'person', 'new', false)"
            ),
            "UPDATE customer SET note = 'x' WHERE store_id = %s",
            "DELETE FROM customer WHERE store_id = %s",
        ):
            hand.refused(statement, scene.stores["PD"])
    with scene.open("web", "officer") as hand2:
        hand2.refused("UPDATE customer SET note = 'x'")
    with scene.open("web", "admin") as hand3:
        hand3.refused("DELETE FROM customer")
        return hand.leaks + [leak for leak in hand2.leaks + hand3.leaks if leak.startswith("not refused")]


@attack
def cascades(scene: Scene) -> list[str]:
    with scene.open("web", "manager") as hand:
        hand.refused("DELETE FROM customer WHERE id = %s", scene.mine["customer"])  # a car hangs on it
        hand.refused("DELETE FROM store WHERE id = %s", scene.stores["XH"])
        hand.refused("DELETE FROM company")
        hand.refused("DELETE FROM employee")
        return hand.leaks
