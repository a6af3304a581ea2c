"""A problem as an ordered list of equations between named quantities."""
