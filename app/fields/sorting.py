"""How names sort: by pinyin, as people look them up."""

from app.fields.words import syllables


def sort_key(name: str) -> str:
    """The key that puts a name in its place: its usual pinyin, syllable by syllable, then the name itself."""
    return " ".join(syllables(name)).casefold() + "\x1f" + name
