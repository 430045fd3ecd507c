"""Words in the two languages the product speaks."""

from dataclasses import dataclass

ZH = "zh_Hans_CN"
EN = "en"
LOCALES = (ZH, EN)


@dataclass(frozen=True, slots=True)
class Label:
    """One wording in Chinese and English; both are required, so nothing is half translated."""

    zh: str
    en: str

    def __post_init__(self) -> None:
        if not self.zh.strip() or not self.en.strip():
            raise ValueError(f"a label needs both languages: {self!r}")

    def text(self, locale: str) -> str:
        """The wording in `locale`; any Chinese locale reads the Chinese one."""
        return self.zh if locale.startswith("zh") else self.en

    def format(self, **values: object) -> "Label":
        """The label with its `{placeholders}` filled; a Label among the values fills each language with its own."""
        zh = {k: v.zh if isinstance(v, Label) else v for k, v in values.items()}
        en = {k: v.en if isinstance(v, Label) else v for k, v in values.items()}
        return Label(self.zh.format(**zh), self.en.format(**en))
