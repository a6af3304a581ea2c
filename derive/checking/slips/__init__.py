"""Known slips: each bends a line as people do. Add one by adding an entry to one of the tables.

An entry has a stable code and a function that gives what becomes of a line, in each variant. It tells
by the line's rule and by what its slots hold whether it applies, never by layers, so it serves every
network. The tests plant each slip in random problems and demand that it is found under its code.

>>> SLIPS["bias_dropped"].rank
2
"""

from __future__ import annotations

from derive.checking.slips.backward import BACKWARD
from derive.checking.slips.digits import DIGITS
from derive.checking.slips.error import ERROR
from derive.checking.slips.forward import FORWARD
from derive.checking.slips.graphs import GRAPHS
from derive.checking.slips.shared import SHARED
from derive.checking.slips.slip import Slip
from derive.checking.slips.update import UPDATE
from derive.registry import Registry

TABLES = (*FORWARD, *ERROR, *BACKWARD, *SHARED, *GRAPHS, *UPDATE, *DIGITS)
SLIPS: Registry[Slip] = Registry("slip", {slip.code: slip for slip in TABLES})
