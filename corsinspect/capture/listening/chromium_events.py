"""What is decoded of Chromium's events: these fields and no others. Cookies' values, post data and WebSocket payloads
come over the pipe, too, and are passed over.

https://chromedevtools.github.io/devtools-protocol/tot/Network/ and .../Audits/ and .../Log/
"""

import msgspec


class _Part(msgspec.Struct, rename="camel", gc=False):
    """Base of all: keys as in the protocol, unknown ones passed over."""


class Frame(_Part):
    """A place in a script; lines and columns count from 0."""

    url: str
    line_number: int
    column_number: int
    function_name: str = ""


class Stack(_Part):
    call_frames: list[Frame] = []


class Initiator(_Part):
    type: str = "other"
    stack: Stack | None = None
    url: str | None = None
    line_number: float | None = None
    column_number: float | None = None
    request_id: str | None = None
    """Of a preflight: the request that it's made for."""


class Request(_Part):
    url: str
    method: str


class Timing(_Part):
    """`request_time` in seconds of the browser's monotonic clock, the others in milliseconds from there."""

    request_time: float
    send_start: float = -1
    receive_headers_end: float = -1


class Response(_Part):
    status: int
    url: str = ""
    connection_id: float = 0
    from_disk_cache: bool = False
    from_prefetch_cache: bool = False
    from_service_worker: bool = False
    timing: Timing | None = None


class WillBeSent(_Part):
    request_id: str
    request: Request
    timestamp: float
    wall_time: float
    initiator: Initiator
    type: str = ""
    document_url: str = msgspec.field(default="", name="documentURL")
    redirect_response: Response | None = None
    redirect_has_extra_info: bool = True
    """Whether the redirect came from the network: the browser's own ones (HSTS), and those from its cache, don't."""


class Cookie(_Part):
    name: str


class Associated(_Part):
    cookie: Cookie
    blocked_reasons: list[str] = []


class ConnectTiming(_Part):
    request_time: float


class SentExtra(_Part):
    request_id: str
    headers: dict[str, str]
    connect_timing: ConnectTiming | None = None
    associated_cookies: list[Associated] = []


class Refused(_Part):
    """A cookie of an answer that wasn't stored."""

    blocked_reasons: list[str] = []
    cookie: Cookie | None = None


class ReceivedExtra(_Part):
    request_id: str
    status_code: int
    headers: dict[str, str]
    blocked_cookies: list[Refused] = []


class Received(_Part):
    request_id: str
    response: Response
    timestamp: float
    type: str = ""


class CorsStatus(_Part):
    cors_error: str
    failed_parameter: str = ""


class Failed(_Part):
    request_id: str
    timestamp: float
    error_text: str = ""
    canceled: bool = False
    blocked_reason: str | None = None
    cors_error_status: CorsStatus | None = None


class Ended(_Part):
    request_id: str
    timestamp: float = 0.0


class SocketCreated(_Part):
    request_id: str
    url: str
    initiator: Initiator = msgspec.field(default_factory=Initiator)


class Handshake(_Part):
    """One side of it. What is told with an answer of its request is the same as before."""

    headers: dict[str, str]
    status: int | None = None


class SocketAsks(_Part):
    request_id: str
    request: Handshake
    timestamp: float
    wall_time: float


class SocketAnswered(_Part):
    request_id: str
    response: Handshake
    timestamp: float


class SocketFailed(_Part):
    request_id: str
    error_message: str = ""


class SourceLocation(_Part):
    url: str = ""
    line_number: int = -1
    column_number: int = -1


class CspDetails(_Part):
    violated_directive: str = ""
    blocked_url: str | None = msgspec.field(default=None, name="blockedURL")
    is_report_only: bool = False
    source_code_location: SourceLocation | None = None


class Details(_Part):
    csp: CspDetails | None = msgspec.field(default=None, name="contentSecurityPolicyIssueDetails")


class Issue(_Part):
    details: Details


class IssueAdded(_Part):
    issue: Issue


class Detached(_Part):
    session_id: str


class Entry(_Part):
    """A line of the console."""

    source: str
    text: str
    category: str = ""
    url: str = ""
    network_request_id: str | None = None
    stack_trace: Stack | None = None


class EntryAdded(_Part):
    entry: Entry
