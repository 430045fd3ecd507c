"""The description language: labels, fields, entities, actors and errors; standard library only."""
