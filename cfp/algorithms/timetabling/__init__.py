"""The parts of the timetable solver; `cfp.algorithms.timetable` puts them together."""
