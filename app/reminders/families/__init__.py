"""The families of reminder rules, a file each; a new one is a file here and registers itself."""
