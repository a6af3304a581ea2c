"""Check a hand calculation: read the answers, judge each line twice, and name the mistake."""
