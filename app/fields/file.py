"""Uploaded files and pictures."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from app.core.kind import PRESENCE, Operator
from app.core.label import Label
from app.fields.base import must_be_switch, must_be_whole
from app.fields.reference import REFUSALS, Pointer

LARGEST = 500 * 1024 * 1024


@dataclass(frozen=True)
class File(Pointer):
    """The id of a stored upload of at most `max_bytes`; with `image` it is a picture."""

    code: ClassVar[str] = "file"
    operators: ClassVar[tuple[Operator, ...]] = PRESENCE
    widget: ClassVar[str] = "file"
    label: ClassVar[Label] = Label("文件", "File")
    refusals: ClassVar[Mapping[str, Label]] = {
        **REFUSALS,
        "reference_form": Label("请先上传文件，再保存。", "Upload the file first, then save."),
    }

    image: bool = False
    max_bytes: int = 20 * 1024 * 1024

    def __post_init__(self) -> None:
        must_be_switch("image", self.image)
        must_be_whole("max_bytes", self.max_bytes, 1, LARGEST)
        if self.image:
            # Pictures have a control of their own, and `widget` is an attribute of every kind.
            object.__setattr__(self, "widget", "image")

    def schema(self) -> dict[str, Any]:
        """The id of an upload."""
        return super().schema() | {"description": "id of an upload"}
