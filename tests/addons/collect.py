"""A mitmproxy script: at the end, writes what was marked and commented to the file named by an option."""

import json
from pathlib import Path

from mitmproxy import ctx, http


class Collect:
    def __init__(self) -> None:
        self.flows: list[http.HTTPFlow] = []

    def load(self, loader) -> None:
        loader.add_option("collect", str, "", "Where to.")

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        self.flows.append(flow)

    def done(self) -> None:
        seen = [[flow.request.method, flow.request.path, flow.marked, flow.comment] for flow in self.flows]
        Path(ctx.options.collect).write_text(json.dumps(seen))


addons = [Collect()]
