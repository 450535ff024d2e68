"""A fault of the program named without what it was at work on: that may be somebody's name."""

from __future__ import annotations


def fault_name(error: BaseException) -> str:
    """The kind of an error and where it arose, such as ``KeyError at merge.py:120``; no message.

    The message of an error often holds the value that it stumbled over.
    """
    step, place = error.__traceback__, ""
    while step is not None:
        file = step.tb_frame.f_code.co_filename.rpartition("/")[2]
        place = f" at {file}:{step.tb_lineno}"
        step = step.tb_next
    return f"{type(error).__name__}{place}"
