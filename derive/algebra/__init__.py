"""Where SymPy enters: rules in slots, named quantities, and formulas that keep a teacher's order."""
