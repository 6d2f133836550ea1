"""What can go wrong between a person and a running capture, said so that they can mend it."""


class CaptureError(Exception):
    """Capture or a browser can't start. `what` is wrong, `mend` says what to do about it; both are whole sentences."""

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(f"{what} {mend}")
        self.what = what
        self.mend = mend
