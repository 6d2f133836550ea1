"""`addon`: where the capture addon is, for a person's own mitmproxy."""

from importlib.resources import files


def addon() -> int:
    """Prints the path that mitmproxy's `-s` takes; returns the exit status."""
    print(files("corsinspect.addons") / "capture.py")
    return 0
