"""Feeds: a brand system's exports become records by a saved profile, the same whatever the order they arrive in."""
