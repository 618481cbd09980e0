"""The parts of `cfp.algorithms.calibration`."""
