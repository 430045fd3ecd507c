"""Backups: made whole or not at all, restored beside what runs, and good only once one was restored."""
