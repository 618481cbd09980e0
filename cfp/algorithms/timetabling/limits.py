"""How long a solver may work: deterministic time, so that a slow machine finds the same.

CP-SAT counts its own work; one unit is about a second of one core. Wall time is only a net below:
where it is what ends a search, the same seed may give another timetable.
"""

from dataclasses import dataclass, replace
from time import perf_counter

from ortools.sat.python import cp_model


@dataclass
class Limits:
    """What is left, handed from solve to solve.

    Attributes:
        work: units of deterministic time for one solve.
        begun: wall time (perf_counter) of the beginning.
        end: wall time at which everything stops.
        seed: of the search.
        workers: 1, or several strategies in turns: both give the same result each time.
    """

    work: float
    begun: float
    end: float
    seed: int
    workers: int = 1

    def of(self, share: float) -> "Limits":
        """The same with a share of the work for one solve."""
        return replace(self, work=self.work * share)

    def first(self, share: float) -> "Limits":
        """The same with a net after a share of the time, so that some is left for what follows."""
        return replace(self, end=self.begun + share * (self.end - self.begun))

    def solver(self, *, relaxing: bool = False) -> cp_model.CpSolver:
        """A solver for the next solve; `relaxing` = lean on the linear relaxation, for counting."""
        solver = cp_model.CpSolver()
        parameters = solver.parameters
        parameters.random_seed = self.seed
        parameters.num_workers = self.workers
        parameters.interleave_search = self.workers > 1
        parameters.max_deterministic_time = self.work
        parameters.max_time_in_seconds = max(self.end - perf_counter(), 0.01)
        if relaxing:
            parameters.linearization_level = 2
        return solver

    @property
    def over(self) -> bool:
        return perf_counter() >= self.end
