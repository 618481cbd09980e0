"""Readers and writers of the public program: frozen dataclasses in and out, no database, no web."""
