"""Whole numbers as addresses and hidden fields carry them: whatever stands there, never an error.

Not even of `int` itself, which refuses thousands of digits.
"""

LARGEST_ID = 2**31 - 1
LAST_PAGE = 10**6 - 1


def read_number(text: str | None, largest: int = LARGEST_ID) -> int | None:
    """The number, if it is one of at most `largest`."""
    if not text or not (text.isascii() and text.isdigit()) or len(text) > len(str(LARGEST_ID)):
        return None
    number = int(text)
    return number if number <= largest else None


def number_or(text: str | None, otherwise: int) -> int:
    """The number, or `otherwise` where there is none."""
    number = read_number(text)
    return otherwise if number is None else number
