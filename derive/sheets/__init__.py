"""Exercise sheets with their keys: ordered here, made in lots, and written to files.

>>> from derive.sheets.order import Order
>>> from derive.sheets.workshop import Workshop
>>> workshop = Workshop(Order.of("2-2-1", variants=3, seed=7, certified=False))
>>> lot = workshop.lot([1, 2, 3])
>>> [text.splitlines()[1][:10] for text in lot.texts("md", reveal=False)]
['## Sheet 1', '## Sheet 2', '## Sheet 3']
"""
