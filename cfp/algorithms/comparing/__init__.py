"""The parts of `cfp.algorithms.pairwise`."""
