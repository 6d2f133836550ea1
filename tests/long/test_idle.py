"""What `tests/proof/test_strain.py` does with 2,000 idle connections, with 10,000."""

from corsinspect.capture import Proxy
from tests.capture.conftest import home, proxy  # noqa: F401
from tests.proof.idle import idle


async def test_ten_thousand_idle_connections(proxy: Proxy) -> None:  # noqa: F811
    await idle(proxy, 10_000)
