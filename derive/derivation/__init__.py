"""The backward half: local derivatives, the sweep that reuses deltas, sums over paths, updates."""
