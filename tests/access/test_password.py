import threading
import time
import unicodedata

import pytest

from app.access.fitness import LEAST_WITH_FACTOR, check_password, own_words
from app.access.gate import address, login_key
from app.access.password import _DECOY, AT_ONCE, Passwords
from app.core.errors import Busy, Unfit

OWN = ("lilei", "雷", "李", "lei.li@example.cn")


@pytest.fixture(scope="module")
def passwords() -> Passwords:
    return Passwords(b"pepper" * 6, wait=0.05)


def test_a_password_matches_its_own_hash_alone(passwords):
    stored = passwords.hash("correct horse")
    assert passwords.matches(stored, "correct horse")
    assert not passwords.matches(stored, "correct hors")
    assert not passwords.matches(None, "nobody's password")
    assert not passwords.matches("no hash", "correct horse")


def test_hashes_are_argon2id_at_the_fixed_cost_and_need_the_pepper(passwords):
    stored = passwords.hash("correct horse")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert not Passwords(b"another" * 6).matches(stored, "correct horse")


def test_a_password_is_the_same_however_its_accents_are_composed(passwords):
    stored = passwords.hash(unicodedata.normalize("NFD", "café à la crème"))
    assert passwords.matches(stored, unicodedata.normalize("NFC", "café à la crème"))


@pytest.mark.parametrize("odd", ["", "\0", "\ud800", "x" * 100_000, "密码😀"])
def test_odd_passwords_are_only_wrong(odd, passwords):
    assert not passwords.matches(passwords.hash("correct horse"), odd)


def test_no_more_than_two_hash_at_once_and_others_are_told_to_wait(passwords):
    with passwords._turn(), passwords._turn(), pytest.raises(Busy):
        passwords.matches(None, "x")
    assert AT_ONCE == 2


def test_the_turns_are_the_processs_whoever_makes_the_passwords(passwords):
    with passwords._turn(), passwords._turn(), pytest.raises(Busy):
        Passwords(b"another" * 6, wait=0.05).hash("x")


def test_the_decoy_costs_what_a_hash_costs(passwords):
    assert not passwords.outdated(_DECOY)


def test_a_turn_is_given_back_after_a_failure(passwords):
    for _ in range(AT_ONCE + 1):
        with pytest.raises(ZeroDivisionError), passwords._turn():
            raise ZeroDivisionError
    assert passwords.hash("x")


def code(password: str, **options: int) -> str | None:
    try:
        check_password(password, OWN, **options)
    except Unfit as unfit:
        return unfit.code
    return None


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("short", "password_short"),
        ("a" * 129, "password_long"),
        ("woaini1314520woaini", "password_own"),
        ("woaini1314520", "password_short"),
        ("LiLei19880102!!", "password_own"),
        ("李雷李雷李雷李雷李雷李雷李雷李雷", "password_own"),
        ("forecourt-dealer-2026", "password_own"),
        ("Password123456789", "password_own"),
        ("1qaz2wsx3edc4rfv", "password_own"),
        ("aaaaaaaaaaaaaaaaaaaa", "password_own"),
        ("我爱你我的密码一二三四五六七八", "password_own"),
        ("correct horse battery staple", None),
        ("秋天的茶馆门口有三只猫在打哈欠", None),
        ("violet harbour teapot 42", None),
        ("x7$Lq9!mZ2@vR4#k", None),
        ("f" + "q8-w" * 31, "password_own"),
        ("violet harbour teapot 42 " * 5, None),
    ],
)
def test_passwords_are_judged(password, expected):
    if expected is None or expected in {"password_short", "password_long"}:
        assert code(password) == expected
    else:
        assert code(password) is not None


def test_a_second_factor_allows_a_shorter_password():
    assert code("violet-teapot-9") is None
    assert code("violet-teap9t") == "password_short"
    assert code("violet-teap9t", least=LEAST_WITH_FACTOR) is None


def test_ones_own_words_include_pinyin():
    assert {"lilei", "li", "lei", "雷", "李"} <= own_words(OWN)


def test_judging_is_quick_for_the_worst_input():
    begun = time.perf_counter()
    for nasty in ("1" * 128, "20260101" * 16, "ab" * 64, "p@ssw0rd" * 16, "é" * 128):
        code(nasty)
    assert time.perf_counter() - begun < 2


def test_judging_keeps_people_apart_in_threads():
    found: list[str | None] = []

    def judge(own: str) -> None:
        try:
            check_password("zanzibar quokka plinth", (own,))
        except Unfit as unfit:
            found.append(unfit.code)

    threads = [threading.Thread(target=judge, args=(f"person{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == []


@pytest.mark.parametrize(
    ("ip", "expected"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        (None, "unknown"),
        ("evil' --", "unknown"),
    ],
)
def test_addresses_are_counted_by_home(ip, expected):
    assert address(ip) == expected


def test_a_login_has_one_key():
    assert {login_key(typed) for typed in ("LiLei", " lilei ", "ｌｉｌｅｉ", "li\0lei")} == {"lilei"}
