"""Tells Python code whether a maintenance is under way, and ends a scheduled job that was begun in one:

    import maint_guard
    maint_guard.exit_in_maintenance()

Not for jobs of a queue: one that returns without having worked is lost. Those wait in their queue.
"""

import os
import re
import sys


def variable():
    """Another config var than MAINTENANCE is named in MAINT_GUARD_VARIABLE. Raises ValueError for what is no name: it is never set."""
    name = os.environ.get("MAINT_GUARD_VARIABLE") or "MAINTENANCE"
    if re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", name) is None:
        raise ValueError("MAINT_GUARD_VARIABLE should be the name of a config var, such as MAINTENANCE")
    return name


def maintenance():
    """Empty, "false" and "0" are not a maintenance: apps have MAINTENANCE=false in ordinary times."""
    return os.environ.get(variable(), "").lower() not in ("", "0", "false")


def exit_in_maintenance():
    if maintenance():
        print(f"maint-guard: {variable()} is set: nothing was done", file=sys.stderr)
        sys.exit(0)
