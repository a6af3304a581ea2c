"""The page of an exercise sheet, which is also its key."""
