"""Report → Document: what is said of one person's answers, and of a class's."""
