"""What networks are made of; everything that a newcomer adds lives here.

Each entry has a symbolic half (SymPy) and an independent numeric half (NumPy) that share no
formula. The numeric half also takes complex arrays, looking only at the real part where it
compares, so that a derivative can be measured by a step in the imaginary direction.
"""
