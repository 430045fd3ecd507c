"""What people, programs and attackers send by mistake or on purpose."""

import base64

SURROGATE = "%ED%A0%80"  # half a character, as an address can carry it
HUGE = str(2**63)
DIGITS = "9" * 5_000  # more than Python turns into a number
TEXTS = {
    "nul": "李\x00雷",
    "control": "李\x1b[31m雷",
    "newlines": "李\r\nSet-Cookie: a=b",
    "long": "长" * 10_000,
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "template": "{{ 7*7 }}{% raw %}${7*7}#{7*7}",
    "sql": "x'); DROP TABLE customer; --",
    "format": "%s%n%(x)s{0}{name}",
    "direction": "\u202eevil\u2066",
    "emoji": "👨‍👩‍👧‍👦",
    "rare": "𠮷田㛃",
    "noncharacter": "\uffff\ufffe",
    "combining": "e" + "\u0301" * 500,
    "percent": "100%",
    "mask": "138****8000",
    "negative": "-1",
    "huge": HUGE,
    "digits": DIGITS,
    "float": "1e999",
    "nan": "NaN",
    "json": '{"$ne": null}',
    "array": "[1,2",
    "arabic digits": "١٢٣",
    "superscript": "²",
    "space": "   ",
}

WORST = ("nul", "long", "html", "sql", "format", "noncharacter", "huge", "digits", "superscript")


def cursor(text: str) -> str:
    """Any text dressed as a place in a list."""
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


CURSORS = {
    "not base64": "!!!",
    "chinese": "翻页",
    "not json": cursor("{"),
    "no list": cursor("1"),
    "short": cursor("[1]"),
    "text id": cursor('["a","b",0]'),
    "huge id": cursor(f"[null,{2**63},0]"),
    "digits": cursor(f"[null,{DIGITS},0]"),
    "negative": cursor("[null,-1,0]"),
    "nested": cursor("[" * 5_000),
    "object value": cursor('[{"a":1},1,0]'),
    "list value": cursor("[[1],1,0]"),
    "nul": cursor('["\\u0000",1,0]'),
    "surrogate": cursor('["\\ud800",1,0]'),
    "float": cursor("[1e999,1,0]"),
    "nan": cursor("[NaN,1,0]"),
    "long": cursor('["' + "长" * 3_000 + '",1,0]'),
    "truncated": cursor('["李",1,0]')[:-2],
}

CONDITIONS = {
    "no parts": "name",
    "two parts": "name~eq",
    "empty": "~~",
    "unknown field": "nothing~eq~1",
    "column, not field": "sales_owner_id~eq~1",
    "system column": "xmin~eq~1",
    "dunder": "__class__~eq~1",
    "blind index": "phone_bidx~eq~1",
    "unknown operator": "name~like~%",
    "operator of another kind": "name~lt~a",
    "range of sealed": "phone~lt~138",
    "part of sealed": "phone~eq~138",
    "hidden": "id_card~eq~11010519491231002X",
    "wrong kind": "vip_until~eq~soon",
    "wrong choice": "stage~eq~nowhere",
    "huge reference": f"sales_owner~eq~{HUGE}",
    "digits": f"sales_owner~eq~{DIGITS}",
    "empty in": "stage~in~",
    "long in": "stage~in~" + ",".join(["new"] * 500),
    "nul": "source~eq~\x00",
    "tail": "phone~tail~%%%%",
    "long tail": "phone~tail~" + "1" * 50,
    "has what": "name~has~maybe",
    "long": "source~eq~" + "长" * 10_000,
}
ORDERS = (
    "nothing",
    "-",
    "--name",
    "phone",
    "-phone",
    "name,phone",
    "created_by.password",
    "id; DROP TABLE customer",
    "note",
    "\x00",
    "长" * 500,
)
SIZES = ("0", "-1", "201", "abc", "1.5", HUGE, DIGITS, "", " ", "２５", "\x00")
PAGES = ("-1", "0", "abc", HUGE)
NUMBERS = ("0", "-1", HUGE, str(2**64), "9" * 30, DIGITS, "abc", "1.0", "%00", SURROGATE, "１")
