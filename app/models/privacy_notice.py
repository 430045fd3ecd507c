"""Privacy notice (隐私声明): what customers are told about their data, one version after another."""

from app.core.scope import Belongs
from app.fields import Date, LongText, Text
from app.models.base import Record, about, field
from app.models.grants import EDITIONS


class PrivacyNotice(Record):
    """One version of the notice; it stands as it was shown."""

    about = about(
        "隐私声明",
        "Privacy notice",
        "Privacy notices",
        belongs=Belongs.GROUP,
        group="care",
        rank=51,
        icon="shield-lock",
        title="version_code",
        order="-effective_on",
        ledger=True,
        unique=(("version_code",),),
        list=("version_code", "title", "effective_on", "text_hash"),
        grants=EDITIONS,
    )

    version_code = field(Text(30), "版本", "Version", required=True, index=True, search=True)
    title = field(Text(120), "标题", "Title", required=True, search=True)
    effective_on = field(Date(), "生效日期", "Effective", required=True, index=True)
    text = field(LongText(max=100_000), "全文", "Text", required=True)
    text_hash = field(Text(64), "全文摘要", "Digest", readonly=True)
