"""Exercise sheets: numbers that are worth calculating with, and what each sheet asks."""
