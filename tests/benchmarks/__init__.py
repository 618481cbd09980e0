"""Measurements, not tests: run with `make bench`; figures in the documents come from here."""
