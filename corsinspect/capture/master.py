"""mitmproxy with only the addons that capture needs: every addon costs each flow, and the full set halves the speed.

Left out, because nothing here uses them: everything that edits, replays, saves or prints flows, DNS and the block list
(the proxy listens on this machine only, so there is nobody to block).
"""

import asyncio
import errno
import gc
import inspect
import logging
from collections.abc import Callable
from typing import Any

from mitmproxy import addonmanager, exceptions, hooks, options
from mitmproxy.addons import core, disable_h2c, next_layer, proxyserver
from mitmproxy.master import Master
from mitmproxy.proxy import server
from mitmproxy.utils import asyncio_utils

from corsinspect.capture.ca import CaPaths
from corsinspect.capture.localnames import resolve_local_names
from corsinspect.capture.selfcalls import OwnAddress, refuse_direct_requests
from corsinspect.capture.upstream import UpstreamTls, trusted_stores
from corsinspect.capture.websockets import relay_by_pieces

LOOPBACK = "127.0.0.1"
IDLE_LIMIT = 24 * 3600
"""Seconds. mitmproxy cuts connections after ten idle minutes, a browser's own network doesn't: a dev server's quiet
WebSocket would fall and reload the page."""


class LeanAddonManager(addonmanager.AddonManager):
    """Looks up each event's handlers once instead of asking every addon every time."""

    def __init__(self, master: Master) -> None:
        super().__init__(master)
        self._handlers: dict[str, list[Callable[..., Any]]] = {}

    def add(self, *addons: object) -> None:
        super().add(*addons)
        self._handlers.clear()

    async def handle_lifecycle(self, event: hooks.Hook) -> None:
        # mitmproxy follows every flow event with `update`, for views; there is no view here.
        await self.trigger_event(event)

    async def trigger_event(self, event: hooks.Hook) -> None:
        handlers = self._handlers.get(event.name)
        if handlers is None:
            handlers = self._handlers[event.name] = [
                handler for addon in self.chain for _, handler in self._iter_hooks(addon, event)
            ]
        for handler in handlers:
            try:
                with addonmanager.safecall():
                    answer = handler(*event.args())
                    if answer is not None and inspect.isawaitable(answer):
                        await answer
            except exceptions.AddonHalt:
                return


class LeanMaster(Master):
    """A proxy on this machine's loopback address: make it, `listen`, then `run`, all in one event loop."""

    def __init__(
        self, ca: CaPaths, *addons: object, upstream_tls: UpstreamTls | None = None, mode: str = "regular"
    ) -> None:
        relay_by_pieces()
        refuse_direct_requests()
        super().__init__(options.Options(confdir=str(ca.folder), listen_host=LOOPBACK))
        self.addons = LeanAddonManager(self)
        self.proxyserver = proxyserver.Proxyserver()
        self._own_address = OwnAddress(self.proxyserver.listen_addrs)
        self.addons.add(
            core.Core(),
            self.proxyserver,
            next_layer.NextLayer(),
            upstream_tls or UpstreamTls(),
            disable_h2c.DisableH2C(),
            self._own_address,
            *addons,
        )
        # Host stays as the browser sent it; where it has to change, an addon does it after the capture.
        self.options.update(**trusted_stores(), mode=[mode], keep_host_header=True)
        if mode.startswith("reverse:"):
            # Else a server that is down ends the browser's connection before there is a request to tell of.
            self.options.update(connection_strategy="lazy")
        if "tcp_timeout" in self.options:
            self.options.update(tcp_timeout=IDLE_LIMIT)
        else:  # mitmproxy 11 has no option for it
            server.TCP_TIMEOUT = IDLE_LIMIT  # type: ignore[attr-defined]

    async def listen(self, port: int, *, or_any: bool = False) -> int:
        """Open the port, or any free one if that one is taken and `or_any`; the port that it became.

        Raises OSError (`errno.EADDRINUSE`, `errno.EACCES`) when it can't be had.
        """
        logging.getLogger(proxyserver.__name__).setLevel(logging.CRITICAL)  # it logs what is raised here
        loop = asyncio.get_running_loop()
        resolve_local_names(loop)
        self._own_address.watch(loop)
        self.options.update(listen_port=port)
        await self.proxyserver.setup_servers()
        (instance,) = self.proxyserver.servers
        failure = instance.last_exception
        if or_any and isinstance(failure, OSError) and failure.errno == errno.EADDRINUSE:
            self.options.update(listen_port=0)
            await instance.start()
        elif failure is not None:
            raise failure
        return instance.listen_addrs[0][1]

    async def run(self) -> None:
        """Serve until `shutdown`."""
        with (
            asyncio_utils.install_exception_handler(self._asyncio_exception_handler),
            asyncio_utils.set_eager_task_factory(),
        ):
            try:
                await self.running()
                # What was loaded stays for good: not walking it again and again saves the collector's longest pauses.
                gc.collect()
                gc.freeze()
                await self.should_exit.wait()
            finally:
                await self.done()
