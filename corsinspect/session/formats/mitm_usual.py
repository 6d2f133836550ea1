"""How a message in mitmproxy's flow files mostly begins, read in one match: a third of the time of key by key.

mitmproxy 7 to 12 write what a message has in one order. Found in that order, and each with the length that it says, the
values are those that reading key by key finds; where anything is otherwise, nothing is found here.
"""

import re
from typing import Any

_TIME = rb"(%b)\^" % b"|".join(b"%d:[0-9.]{%d}" % (length, length) for length in range(12, 19))
_TIMES = rb"13:timestamp_end;" + _TIME + rb"15:timestamp_start;" + _TIME
_METHODS = b"|".join(b"%d:%b" % (len(name), name) for name in b"GET POST OPTIONS PUT DELETE PATCH HEAD".split())
_REQUEST = re.compile(
    rb"4:path;(\d{1,5}):([^,]*+),9:authority;(\d{1,3}):([^,]*+),6:scheme;(5:https|4:http),6:method;(%b),"
    rb"4:port;(2:\d\d|3:\d{3}|4:\d{4}|5:\d{5})#4:host;(\d{1,3}):([^;]*+);%b" % (_METHODS, _TIMES)
)
_RESPONSE = re.compile(rb"6:reason;(\d{1,3}):([^,]*+),11:status_code;(3:\d{3})#" + _TIMES)
_SHORT = len(b"3:")
_LONG = len(b"18:")


def request(data: bytes, start: int, end: int) -> tuple[dict[bytes, Any], int]:
    """Of the request whose content is `data[start:end]`: values by key, and where what follows them begins."""
    match = _REQUEST.match(data, start, end)
    if match is None:
        return {}, start
    path_size, path, authority_size, authority, scheme, method, port, host_size, host, ended, started = match.groups()
    if int(path_size) != len(path) or int(authority_size) != len(authority) or int(host_size) != len(host):
        return {}, start
    return {
        b"path": path.decode("latin-1"),
        b"authority": authority.decode("latin-1"),
        b"scheme": scheme[_SHORT:].decode(),
        b"method": method[_SHORT:].decode(),
        b"port": int(port[_SHORT:]),
        b"host": host.decode("latin-1"),
        b"timestamp_end": float(ended[_LONG:]),
        b"timestamp_start": float(started[_LONG:]),
    }, match.end()


def response(data: bytes, start: int, end: int) -> tuple[dict[bytes, Any], int]:
    """The same of a response."""
    match = _RESPONSE.match(data, start, end)
    if match is None:
        return {}, start
    reason_size, reason, status, ended, started = match.groups()
    if int(reason_size) != len(reason):
        return {}, start
    return {
        b"reason": reason.decode("latin-1"),
        b"status_code": int(status[_SHORT:]),
        b"timestamp_end": float(ended[_LONG:]),
        b"timestamp_start": float(started[_LONG:]),
    }, match.end()
