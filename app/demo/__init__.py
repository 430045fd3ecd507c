"""A year of life: a made-up dealership group whose tables are the same for the same seed and end date."""
