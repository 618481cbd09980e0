"""The parts of `cfp.algorithms.selection`."""
