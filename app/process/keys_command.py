"""`python run.py keys …`: how many values are under each key, adding one, taking one away."""

import argparse
import sys
from collections.abc import Callable

from app.access.keys import KeyFileError
from app.core.label import Label
from app.process import keys
from app.process.say import say
from config import Config

REFUSED, USAGE = 1, 64
STATES = {
    "seals": Label("正在使用", "seals new values"),
    "old": Label("已换下", "replaced"),
    "retired": Label("已停用", "retired"),
    "missing": Label("密钥文件中没有！", "NOT IN THE KEY FILE"),
}


def status(config: Config, arguments: list[str]) -> int:
    """Says of every key what is under it."""

    def act(_: argparse.Namespace) -> None:
        for one in keys.standings(config):
            state = STATES[state_of(one)]
            say(
                f"密钥 {one.known.name}：{state.zh}，{one.total} 个值", f"key {one.known.name}: {state.en}, {one.total}"
            )
            if not one.seals:
                for place, count in sorted(one.values.items()):
                    say(f"    {place} {count}", "left")

    return _told(argparse.ArgumentParser("run.py keys status"), arguments, act)


def state_of(one: keys.Standing) -> str:
    """How a key stands, as STATES names it."""
    if one.known.retired_at is not None:
        return "retired"
    if not one.held:
        return "missing"
    return "seals" if one.seals else "old"


def rotate(config: Config, arguments: list[str]) -> int:
    """Adds a key and asks for every value to be sealed under it."""

    def act(_: argparse.Namespace) -> None:
        number = keys.rotate(config)
        say(
            f"新密钥 {number} 已启用，后台正在换密钥加密", f"Key {number} seals from now on; old values follow by a job"
        )
        say("密钥托管文件已更新，请把新的一份存到别处", "The escrow has a new file: keep a copy of it elsewhere")

    return _told(argparse.ArgumentParser("run.py keys rotate"), arguments, act)


def retire(config: Config, arguments: list[str]) -> int:
    """Takes a key away that nothing is under."""
    parser = argparse.ArgumentParser("run.py keys retire")
    parser.add_argument("number", type=int, help="密钥编号 · the key's number")

    def act(given: argparse.Namespace) -> None:
        keys.retire(config, given.number)
        say(
            f"密钥 {given.number} 已停用，旧托管文件里仍保留",
            f"Key {given.number} is retired; older escrow files keep it",
        )

    return _told(parser, arguments, act)


def _told(parser: argparse.ArgumentParser, arguments: list[str], act: Callable[[argparse.Namespace], None]) -> int:
    try:
        given = parser.parse_args(arguments)
    except SystemExit as done:
        return USAGE if done.code else 0
    try:
        act(given)
    except KeyFileError as refused:
        print(f"\n  {refused}", file=sys.stderr)  # noqa: T201
        return REFUSED
    return 0
