"""The page of a network of any topology, and that of an expression graph."""
