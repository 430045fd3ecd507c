"""From one command to running processes: secrets, embedded servers, roles, supervision, commands."""
