"""What Ctrl-C says; imported first, so that no traceback is shown while the longer imports go on."""

from __future__ import annotations

import sys
from types import TracebackType

INTERRUPTED = 130  # the exit status that shells expect
TOLD = "interrupted; what was being written is left out"

_usual = sys.excepthook


def _told(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.stderr.write(f"{TOLD}\n")
    else:
        _usual(kind, error, trace)


sys.excepthook = _told
