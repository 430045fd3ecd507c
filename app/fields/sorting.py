"""How names sort: by pinyin, as people look them up."""


def sort_key(name: str) -> str:
    """The key that puts a name in its place: its usual pinyin, syllable by syllable, then the name itself."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415  its dictionary takes 58 MB, which only writing a name needs

    return " ".join(lazy_pinyin(name)).casefold() + "\x1f" + name
