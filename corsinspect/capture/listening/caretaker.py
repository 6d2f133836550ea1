"""In the launching process: lets a Chromium's new targets go on while nobody listens to it."""

import os

import msgspec

from corsinspect.capture.listening.cdp import Message, Pipe
from corsinspect.capture.listening.chromium import AUTO_ATTACH
from corsinspect.capture.listening.debugging_pipe import DebuggingPipe


class _Attached(msgspec.Struct, rename="camel"):
    session_id: str


_decode_attached = msgspec.json.Decoder(_Attached).decode


class Caretaker:
    """From the death of a listener until `close`, before the next one begins.

    What frames and workers wait for is over when the dead listener's sessions are ended (`DebuggingPipe.release`). A
    popup waits on: somebody has to attach to it and tell it to go on.
    """

    def __init__(self, pipe: DebuggingPipe) -> None:
        pipe.release()
        reading, writing = map(os.dup, pipe.descriptors)
        self._pipe = Pipe(reading, writing, self._take, lambda: None, first_id=2)
        self._pipe.send("Target.setAutoAttach", {**AUTO_ATTACH, "waitForDebuggerOnStart": False})

    def close(self) -> None:
        """Leave the browser to the next listener."""
        self._pipe.close()

    def _take(self, message: Message) -> None:
        if message.method == "Target.attachedToTarget":
            session = _decode_attached(message.params).session_id
            self._pipe.send("Runtime.runIfWaitingForDebugger", session=session)
