"""From the words on the command line to the part that answers them."""

import os

from app.core.label import Label
from app.db.embedded import Unusable
from app.process import commands
from app.process.hold import Held
from app.process.say import cannot_start, complain
from app.process.serve import serve
from config import Config, ConfigError

USAGE, CONFIG = 64, 78  # sysexits


def main(arguments: list[str]) -> int:
    """The exit code of `python run.py` with these arguments."""
    os.umask(0o077)
    found = commands.find(arguments)
    if arguments and not found:
        print(commands.usage())  # noqa: T201
        return 0 if arguments[0] in {"help", "-h", "--help"} else USAGE
    try:
        config = Config.from_env(os.environ)
        return commands.run(found[0], config, found[1]) if found else serve(config)
    except ConfigError as error:
        listed = "\n".join(f"  - {line}" for line in error.errors)
        complain(Label(f"设置有误：\n{listed}", "The settings above cannot be used."))
        return CONFIG
    except Held as error:
        complain(error.label)
    except (Unusable, OSError) as error:
        complain(cannot_start(error))
    return 1
