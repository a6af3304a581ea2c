"""Two witnesses to the symbolic gradients: NumPy backpropagation, and measured differences.

Nothing here reaches the symbolic side: the witnesses see the problem's arrays and the numeric half
of the catalogue, so that their agreement proves something.
"""
