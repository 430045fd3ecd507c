"""A test's installation in another process: the words that name it on a command line, and the settings they mean."""

from pathlib import Path

from config import Config


def words(config: Config) -> list[str]:
    """The installation as words of a command line."""
    return [str(config.home), str(config.secrets_dir), config.database]


def settings(home: str, secrets: str, database: str, **more: object) -> Config:
    """The administrator's settings those words mean."""
    return Config(home=Path(home), secrets=Path(secrets), database=database, process="administrator", **more)
