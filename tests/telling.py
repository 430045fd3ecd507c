"""What a test measured, kept in its output."""


def tell(measured: str) -> None:
    """Prints a line that pytest keeps with the test (`-rP` shows it)."""
    print(measured)  # noqa: T201
