"""Many sheets at once: what a page says is set once, and each sheet's numbers are put in.

A page is rendered with stand-ins for its numbers. What stands between two numbers is the same on all
sheets but for the signs of the two, so a few renderings give every sheet's text.
"""
