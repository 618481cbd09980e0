"""How far a solve is, and how long each step took."""

from collections.abc import Callable, Mapping
from time import perf_counter

Progress = Callable[[str, float], None]

SHARE_DONE = {"prepare": 0.0, "flow": 0.1, "balance": 0.4, "bound": 0.8, "report": 0.95}


class Steps:
    """Times the steps and tells a listener the step that starts and the share done before it."""

    def __init__(
        self, on_progress: Progress | None, shares: Mapping[str, float] = SHARE_DONE
    ) -> None:
        self.on_progress = on_progress
        self.shares = shares
        self.seconds: dict[str, float] = {}
        self._running = ""
        self._since = 0.0

    def start(self, step: str) -> None:
        """End the running step and begin another."""
        self.stop()
        self._running, self._since = step, perf_counter()
        if self.on_progress:
            self.on_progress(step, self.shares[step])

    def advance(self, share: float) -> None:
        """Tell how much of the running step is done, of a step whose length is known."""
        if self.on_progress:
            start = self.shares[self._running]
            end = min(done for done in self.shares.values() if done > start)
            self.on_progress(self._running, start + share * (end - start))

    def stop(self) -> dict[str, float]:
        """End the running step; wall seconds of each."""
        if self._running:
            spent = perf_counter() - self._since
            self.seconds[self._running] = self.seconds.get(self._running, 0.0) + spent
        self._running = ""
        return self.seconds
