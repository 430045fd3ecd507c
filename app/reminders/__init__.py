"""Reminders: planned by the database, decided when they are to be sent, told once, and closed by what follows."""
