"""From equations to numbers: values, and how they are rounded for the page."""
