"""The proxy for code that has no event loop of its own: it's looked after in a thread."""

import asyncio
import threading
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from corsinspect.capture.proxy import Proxy

Result = TypeVar("Result")


class BackgroundProxy:
    """A capturing proxy, from `start` to `stop`. Raises CaptureError where it can't start or go on."""

    def __init__(self, session: Path, port: int | None = None) -> None:
        """`port` None: any that is free."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="corsinspect", daemon=True)
        self._proxy = Proxy(session, port=port)

    @property
    def url(self) -> str:
        """What browsers and tools are told to use."""
        return f"http://127.0.0.1:{self._proxy.port}"

    @property
    def certificate(self) -> Path:
        """The authority that signs what the proxy shows to browsers, in PEM."""
        return self._proxy.ca_pem

    def start(self) -> None:
        """Returns when it takes connections."""
        self._thread.start()
        try:
            self._do(self._proxy.start())
        except BaseException:
            self.stop()
            raise

    def turn_to(self, session: Path) -> None:
        """Goes on in another session file."""
        self._do(self._proxy.turn_to(session))

    def flush(self) -> None:
        """Returns when all that browsers have seen so far is in the session file."""
        self._do(self._proxy.flush())

    def stop(self) -> None:
        """Ends it; nothing of it is left when this returns."""
        self._do(self._proxy.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, job: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(job, self._loop).result()
