"""What the user asked: reading it, completing it, and writing it down again."""
