"""Company (公司): the legal entity stores belong to."""

from app.core.scope import Belongs
from app.fields import Text, Uscc
from app.models.base import Record, about, field
from app.models.grants import ORGANISATION


class Company(Record):
    """A legal entity of the group; before the law its affiliates are third parties."""

    about = about(
        "公司",
        "Company",
        "Companies",
        belongs=Belongs.GROUP,
        group="organisation",
        rank=10,
        icon="building-skyscraper",
        title="name",
        order="code",
        grants=ORGANISATION,
    )

    code = field(Text(20), "编码", "Code", required=True, unique=True, index=True, search=True)
    name = field(Text(120), "名称", "Name", required=True, search=True)
    uscc = field(Uscc(), "统一社会信用代码", "Social credit code")
