"""Maths and words, from what is meant to what is printed; nothing here calculates."""
