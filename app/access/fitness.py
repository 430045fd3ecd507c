"""Which passwords people may choose: long, unguessed, and not about themselves."""

import re
import threading
import unicodedata
from collections.abc import Iterable

from pypinyin import lazy_pinyin
from zxcvbn import zxcvbn
from zxcvbn.matching import RANKED_DICTIONARIES

from app.core.errors import Unfit
from app.core.label import Label

LEAST_WITH_FACTOR = 12
LEAST_ALONE = 15
MOST = 128
GOOD_SCORE = 3
JUDGED = 72  # characters zxcvbn looks at; its cost grows with the square of the length
REST = 8  # characters that must be left when everything guessable is taken out

# What Chinese passwords are made of: vows, greetings, lucky and love numbers, keyboard walks; then our own words.
_WORDS = """
woaini woaiwo woaita aini wo ni ai ta nihao mima wodemima zhongguo beijing shanghai guangzhou shenzhen qwerty
qwertyuiop asdfgh asdfghjkl zxcvbn zxcvbnm qazwsx qazwsxedc 1qaz 2wsx 3edc 4rfv qwer asdf zxcv laopo laogong
baobei baobao qinaide mama baba tiantian kuaile shengri gongxi facai dajiahao ceshi guanliyuan denglu huanying
nihaoma woshi wode meiyou xihuan yongyuan yisheng yishi 5201314 1314520 1314521 1314 520 521 3344 7758521
7758258 147258369 147258 258369 123456789 12345678 1234567 123456 12345 1234 123321 123 321 987654321 654321
111 222 333 444 555 666 777 888 999 000 168 518 918 588 688 789 456 abcd abc a1b2c3 password passw0rd p@ssw0rd
p@ssword pass admin administrator root letmein welcome login secret test guest user iloveyou forecourt
dealership dealer auto automobile motors showroom service store car cars sales vehicle customer erp dms crm
qiche jiaoche che 4s 4sdian dian jingxiaoshang xiaoshou shouhou fuwu guwen kehu weixiu baoyang xinche
ershouche gongsi mendian 我爱你 我的密码 密码 你好 中国 汽车 客户 销售 售后 服务 顾问 公司 门店 店
一 二 三 四 五 六 七 八 九 十
"""
_COMMON = _WORDS.split()
_YEAR = re.compile(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])?(?:[0-2][0-9]|3[01])?")
_SHORT = Label(
    "密码至少要 {least} 个字符，几个不相干的词连起来就好记又安全。",
    "Use at least {least} characters; a few unrelated words are easy to remember.",
)
_LONG = Label("密码最多 {most} 个字符，请缩短一些。", "Use at most {most} characters.")
_OWN = Label(
    "去掉姓名、账号、常见词和重复的部分后剩下的太少，请换成与您和工作无关的几个词。",
    "Little is left without your name, login, common words and repetition; use words that are not about you or work.",
)
_KNOWN = Label(
    "这个密码在常用密码表里，很容易被猜到，请换一个。", "This is among the passwords most often used; choose another."
)
_WEAK = Label(
    "这个密码仍然容易被猜到，请再加一两个不相干的词。",
    "This can still be guessed; add a word or two that do not belong together.",
)
_one_at_a_time = threading.Lock()  # zxcvbn keeps the words it is given in a dictionary all threads share


def check_password(password: str, own: Iterable[str | None], *, least: int = LEAST_ALONE) -> None:
    """Returns when the password may be chosen by somebody whose login and names are `own`; raises Unfit."""
    text = unicodedata.normalize("NFC", password)
    if len(text) < least:
        raise Unfit("password_short", _SHORT.format(least=least))
    if len(text) > MOST:
        raise Unfit("password_long", _LONG.format(most=MOST))
    plain = unicodedata.normalize("NFKC", text).lower()
    if plain in RANKED_DICTIONARIES["passwords"]:
        raise Unfit("password_known", _KNOWN)
    mine = sorted(own_words(own))
    if len(_rest(plain, [*mine, *_COMMON])) < REST:
        raise Unfit("password_own", _OWN)
    if _score(plain, mine) < GOOD_SCORE:
        raise Unfit("password_weak", _WEAK)


def own_words(own: Iterable[str | None]) -> set[str]:
    """The words a stranger would try first: login, names, their pinyin and initials, and the parts of an address."""
    words: set[str] = set()
    for text in filter(None, own):
        plain = unicodedata.normalize("NFKC", text).lower()
        syllables = lazy_pinyin(plain)
        words |= {plain, "".join(syllables), *re.split(r"[\W_]+", plain), *syllables}
    return {word for word in words if len(word) > 1 or (word and word > "\u2e80")}


def _rest(plain: str, words: list[str]) -> str:
    """What is left of a password without years, known words and repetition."""
    guessable = re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))
    left = guessable.sub("", _YEAR.sub("", plain))
    return re.sub(r"[\W_]+|(.+?)(?=\1)", "", left)


def _score(plain: str, mine: list[str]) -> int:
    with _one_at_a_time:
        return int(zxcvbn(plain[:JUDGED], user_inputs=[*mine, *_COMMON])["score"])
