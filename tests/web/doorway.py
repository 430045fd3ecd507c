"""Somebody at the door of the shared premises: an account with a password, a browser, and an authenticator."""

import re
import time
from dataclasses import dataclass
from itertools import count

import pyotp

from app.access.keys import SignInKeys
from app.access.password import Passwords
from tests.appkit import Desk, Premises

PASSWORD = "violet harbour teapot 42"
STEP = 30
_numbers = count(1)


@dataclass
class Somebody:
    """An account made for one test, with a browser of its own."""

    premises: Premises
    user: int
    login: str
    desk: Desk
    secret: str = ""
    recovery: tuple[str, ...] = ()

    def sign_in(self, next_: str = "/", desk: Desk | None = None) -> object:
        """The answer to the right password."""
        form = {"username": self.login, "password": PASSWORD, "next": next_}
        return (desk or self.desk).post("/sign-in", data=form)

    def code(self, steps: int = 0) -> str:
        """The code of this step, or of one before or after it; none was used."""
        self.premises.run("UPDATE gate.factor SET step = 0 WHERE user_id = %s", self.user)
        return pyotp.TOTP(self.secret).at(int(time.time()) + steps * STEP)

    def enrol(self) -> "Somebody":
        """Sets a factor up on the pages, as a person would; he stays signed in."""
        self.sign_in()
        assert self.desk.post("/security/factor").status_code == 303
        shown = re.search(r'class="secret">([A-Z2-7 ]+)<', self.desk.get("/security/factor").text)
        assert shown
        self.secret = shown[1].replace(" ", "")
        page = self.desk.post("/security/factor/confirm", data={"code": pyotp.TOTP(self.secret).now()}).text
        self.recovery = tuple(re.findall(r"<code>([0-9A-Z]{5}-[0-9A-Z]{5})</code>", page))
        return self

    def stale(self) -> None:
        """Lets his sign-ins grow old."""
        self.premises.run("UPDATE gate.session SET fresh_at = now() - interval '1 day' WHERE user_id = %s", self.user)

    def browser(self) -> Desk:
        """Another browser, nobody signed in."""
        return self.premises.desk("nobody")


def somebody(premises: Premises, role: str | None = None) -> Somebody:
    """A new account with a password, perhaps with a role; nobody's limits are used up."""
    premises.run("DELETE FROM gate.bucket")
    login = f"door{next(_numbers)}"
    insert = "INSERT INTO ab_user (username, first_name, last_name) VALUES (%s, '门', '') RETURNING id"
    user = premises.one(insert, login)
    keys = SignInKeys.parse(premises.config.secret("password_pepper"))
    premises.run("INSERT INTO gate.credential VALUES (%s, %s)", user, Passwords(keys.pepper, wait=30).hash(PASSWORD))
    if role:
        give = "INSERT INTO ab_user_role (user_id, role_id) SELECT %s, id FROM ab_role WHERE name = %s"
        premises.run(give, user, role)
    return Somebody(premises, user, login, premises.desk("nobody"))
