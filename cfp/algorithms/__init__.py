"""Solvers and estimators: numpy arrays and frozen dataclasses in and out, no database, no web."""
