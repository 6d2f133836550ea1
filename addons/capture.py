"""The capture addon as a mitmproxy script: `mitmproxy -s capture.py`, and mitmweb and mitmdump alike.

Loaded so, it marks and comments the flows of each cross-origin call with the browser's verdict and writes a session
file that `corsinspect replay` and `corsinspect attach` open. Option `cors_session` says where, `cors_mark=false` leaves
the flows unmarked.
"""

import sys

try:
    from corsinspect.addons.hooks import Capture
except ModuleNotFoundError as problem:
    # mitmproxy from pipx or a standalone build runs on a Python of its own, which doesn't see what is installed here.
    if getattr(sys, "frozen", False):
        mend = "This build of mitmproxy can't load it: install mitmproxy from PyPI, or run `corsinspect` instead."
    else:
        mend = (
            f"Install it there (pipx inject mitmproxy corsinspect, or {sys.executable} -m pip install corsinspect), "
            "or run `corsinspect` instead."
        )
    print(f"corsinspect isn't installed where this mitmproxy runs ({problem}). {mend}", file=sys.stderr)
    addons = []
else:
    addons = [Capture(mark=True)]
