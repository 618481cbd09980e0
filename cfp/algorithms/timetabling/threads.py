"""Independent solves at once: the solver works without the interpreter's lock."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

AT_ONCE = 2
"""A number of its own, not the machine's, so that the result is the same on any."""

Task = TypeVar("Task")
Result = TypeVar("Result")


def at_once(work: Callable[[Task], Result], tasks: Iterable[Task]) -> list[Result]:
    """The results in the order of the tasks, whichever ends first."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(work, tasks))
