"""The HTTP/3 half of the server that the tests of WebTransport talk to; `index.mjs` beside it is the other half.

    python bridge.py --port 46100 --certificate c.pem --key k.pem --to /socket.io/=46101 …

Each session to one of the paths becomes a TCP connection, which carries the session's first bidirectional stream:

    TCP connection ends         the session is closed in good order (capsule CLOSE_WEBTRANSPORT_SESSION); with
                                `--half-close`, only the stream ends
    TCP connection is reset     the QUIC connection is closed with an error
    the browser ends it         so does the TCP connection

Sessions to other paths are answered with 404. Prints READY and the port when it listens; ends with its
standard input.
"""

import argparse
import asyncio
import sys

from aioquic.asyncio import QuicConnectionProtocol, serve
from aioquic.h3.connection import H3_ALPN, H3Connection
from aioquic.h3.events import DataReceived, HeadersReceived, WebTransportStreamDataReceived
from aioquic.quic.configuration import QuicConfiguration
from aioquic.quic.events import ConnectionTerminated, ProtocolNegotiated, StreamReset

# The capsule's type as a variable-length integer, the length of its content, and the content: the code 0, no reason.
CLOSE_SESSION = bytes([0x68, 0x43, 4, 0, 0, 0, 0])


class Wire(asyncio.Protocol):
    """The TCP connection of one session."""

    def __init__(self, owner, session):
        self.owner = owner
        self.session = session
        self.stream = None
        self.transport = None
        self.early = []

    def connection_made(self, transport):
        self.transport = transport
        for data in self.early:
            transport.write(data)

    def data_received(self, data):
        self.owner.write(self, data)

    def eof_received(self):
        self.owner.finish(self)

    def connection_lost(self, error):
        if error:
            self.owner.cut(self)

    def write(self, data):
        if self.transport:
            self.transport.write(data)
        else:
            self.early.append(data)

    def end(self):
        if self.transport:
            self.transport.close()


class Bridge(QuicConnectionProtocol):
    """One browser's QUIC connection."""

    settings = None

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.http = None
        self.wires = {}

    def quic_event_received(self, event):
        if isinstance(event, ProtocolNegotiated):
            self.http = H3Connection(self._quic, enable_webtransport=True)
        elif isinstance(event, ConnectionTerminated):
            self.end_all()
        elif isinstance(event, StreamReset):
            self.end(event.stream_id)
        if self.http:
            for event in self.http.handle_event(event):
                self.handle(event)

    def handle(self, event):
        if isinstance(event, HeadersReceived):
            headers = dict(event.headers)
            port = self.settings.targets.get(headers.get(b":path", b"").decode())
            is_session = headers.get(b":protocol") == b"webtransport"
            if is_session and port:
                self.open(event.stream_id, port)
            self.http.send_headers(event.stream_id, [(b":status", b"200" if is_session and port else b"404")], not port)
            self.transmit()
        elif isinstance(event, WebTransportStreamDataReceived) and event.session_id in self.wires:
            wire = self.wires[event.session_id]
            wire.stream = event.stream_id
            wire.write(event.data)
            if event.stream_ended:
                self.end(event.session_id)
        elif isinstance(event, DataReceived) and event.stream_ended:
            self.end(event.stream_id)

    def open(self, session, port):
        wire = self.wires[session] = Wire(self, session)
        loop = asyncio.get_running_loop()
        task = loop.create_task(loop.create_connection(lambda: wire, "127.0.0.1", port))
        task.add_done_callback(lambda task: task.exception() and self.cut(wire))

    def write(self, wire, data):
        if wire.stream is not None:
            self._quic.send_stream_data(wire.stream, data)
            self.transmit()

    def finish(self, wire):
        if self.wires.get(wire.session) is not wire:
            return
        if self.settings.half_close:
            self._quic.send_stream_data(wire.stream, b"", True)
        else:
            self.http.send_data(wire.session, CLOSE_SESSION, True)
        self.transmit()

    def cut(self, wire):
        if self.wires.pop(wire.session, None):
            self.close(error_code=0x100)

    def end(self, session):
        wire = self.wires.pop(session, None)
        if wire:
            wire.end()

    def end_all(self):
        for session in list(self.wires):
            self.end(session)


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--certificate", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--to", nargs="+", required=True)
    parser.add_argument("--half-close", action="store_true")
    settings = parser.parse_args()
    settings.targets = {path: int(port) for path, port in (target.rsplit("=", 1) for target in settings.to)}
    Bridge.settings = settings

    configuration = QuicConfiguration(alpn_protocols=H3_ALPN, is_client=False, max_datagram_frame_size=65536)
    configuration.load_cert_chain(settings.certificate, settings.key)
    server = await serve("127.0.0.1", settings.port, configuration=configuration, create_protocol=Bridge)
    print(f"READY {server._transport.get_extra_info('sockname')[1]}", flush=True)
    # It must not outlive the tests, whatever becomes of them.
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.buffer.read)
    server.close()


asyncio.run(main())
