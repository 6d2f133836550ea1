"""The errors that corsinspect raises for its callers to handle:

CorsinspectError
  + SessionError     a file of recorded traffic can't be read or written
  + CaptureError     the proxy or a browser can't start, or can't go on
    + DemoError      the demo's visitor left before all calls were made
  + PolicyError      a policy or a baseline can't be used as it is
  + ReportError      a report can't be written
  + ProbeError       what a probe is told to ask can't be asked
    + NeverSent      no browser would send it
    + AddressRefused corsinspect doesn't connect there
  + LintBaselineError  a lint baseline can't be read or written
  + ToolError        an assistant asked for something that can't be
  + ExportError      what is to be exported can't be written

Each says in `what` what is wrong and in `hint` what to do about it. Network input raises none of these: whatever a
server or a page sends is recorded and judged. What can't be read of a file is a `session.Problem` beside the rest.
"""


class CorsinspectError(Exception):
    """The base of them all. `what` is wrong and `hint` says what to do about it; both are whole sentences."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(f"{what} {hint}")
        self.what = what
        self.hint = hint
