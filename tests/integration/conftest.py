"""Fixtures of several modules here."""

from tests.support.deciding import chair, conference, later

__all__ = ["chair", "conference", "later"]
