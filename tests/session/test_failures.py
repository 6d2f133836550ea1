import pytest

from corsinspect.session.failures import OWN_ADDRESS, browser_failure, failure


@pytest.mark.parametrize(
    "kind, text",
    [
        ("aborted-by-page", "Client disconnected."),
        ("aborted-by-page", "stream reset by client (CANCEL)"),
        ("aborted-by-page", "stream closed by client (H3_REQUEST_CANCELLED)"),
        ("aborted-by-page", "connection cancelled"),
        ("refused", "[Errno 111] Connect call failed ('127.0.0.1', 8000)"),
        ("refused", "[Errno 61] Connect call failed ('127.0.0.1', 8000)"),
        ("refused", "[WinError 1225] The remote computer refused the network connection"),
        (
            "refused",
            "Multiple exceptions: [Errno 101] Connect call failed ('::1', 1, 0, 0), "
            "[Errno 111] Connect call failed ('127.0.0.1', 1)",
        ),
        ("dns", "[Errno -2] Name or service not known"),
        ("dns", "[Errno -3] Temporary failure in name resolution"),
        ("dns", "[Errno 8] nodename nor servname provided, or not known"),
        ("dns", "[Errno 11001] getaddrinfo failed"),
        ("tls", "Certificate verify failed: self-signed certificate"),
        ("tls", "The remote server does not speak TLS."),
        ("tls", "OpenSSL Error([('SSL routines', '', 'tlsv1 alert internal error')])"),
        ("tls", "The client does not trust the proxy's certificate for a.test (tlsv1 alert unknown ca)"),
        ("closed", "server closed connection"),
        ("closed", "peer closed connection"),
        ("closed", "[Errno 104] Connection reset by peer"),
        ("closed", "stream reset by client (REFUSED_STREAM)"),
        ("closed", "connection closed"),
        ("other", "[Errno 110] Connect call failed ('192.0.2.1', 80)"),
        ("other", "Connection killed."),
        ("other", "HTTP/2 protocol error: Invalid data"),
        ("other", ""),
    ],
)
def test_mitmproxys_words_tell_the_kind(kind, text):
    assert failure(text).kind == kind
    assert failure(text).text == text


@pytest.mark.parametrize(
    "text",
    [
        OWN_ADDRESS,
        f"Cannot connect to *:8080: {OWN_ADDRESS} If you plan to redirect",
        f"Multiple exceptions: [Errno 111] Connect call failed ('::1', 8080, 0, 0), {OWN_ADDRESS}",
        "Connection killed: Request destination unknown. Unable to figure out where this request should be forwarded",
    ],
)
def test_a_way_that_leads_back_to_the_proxy_is_said_in_one_way(text):
    assert failure(text).kind == "other"
    assert failure(text).text.endswith(f"{OWN_ADDRESS}, so there is no server to ask")


def test_bytes_that_the_peer_sent_are_not_quoted():
    text = failure("unexpected server response: b'HTTP/1.1 200 OK\\r\\nSet-Cookie: sid=s3cret'").text
    assert text == "unexpected server response"


@pytest.mark.parametrize(
    "kind, text",
    [
        ("aborted-by-page", "net::ERR_ABORTED"),
        ("aborted-by-page", "NS_BINDING_ABORTED"),
        ("refused", "net::ERR_CONNECTION_REFUSED"),
        ("refused", "NS_ERROR_CONNECTION_REFUSED"),
        ("dns", "net::ERR_NAME_NOT_RESOLVED"),
        ("dns", "NS_ERROR_UNKNOWN_HOST"),
        ("tls", "net::ERR_CERT_AUTHORITY_INVALID"),
        ("tls", "SSL_ERROR_UNKNOWN"),
        ("closed", "net::ERR_EMPTY_RESPONSE"),
        ("closed", "NS_ERROR_NET_RESET"),
        ("other", "net::ERR_BLOCKED_BY_CLIENT"),
    ],
)
def test_a_browsers_code_tells_the_kind(kind, text):
    assert browser_failure(text).kind == kind
