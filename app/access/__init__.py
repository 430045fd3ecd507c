"""Actors, sign-in, grants, field states, keys and the sealing of values."""
