"""python-socketio on ASGI: `PORT=… python server.py`. What it does is in ../README.md."""

import os
from urllib.parse import parse_qs

import engineio.payload
import socketio
import uvicorn

# It refuses a POST with more than 16 packets, and closes the connection: what any client sends after a burst of events.
engineio.payload.Payload.max_decode_packets = 2000

server = socketio.AsyncServer(async_mode="asgi", cors_allowed_origins="*")
NAMESPACES = ["/", "/guarded", "/sign-in"]


def handshake(environ, auth):
    query = {name: values[-1] for name, values in parse_qs(environ.get("QUERY_STRING", "")).items()}
    headers = {"authorization": environ.get("HTTP_AUTHORIZATION"), "cookie": environ.get("HTTP_COOKIE")}
    return {"headers": headers, "query": query, "auth": auth or {}}


def bearer(value):
    return value[7:] if value and value.lower().startswith("bearer ") else None


def token_of(known):
    auth, query, headers = known["auth"], known["query"], known["headers"]
    tokens = [
        auth.get("token"),
        query.get("token"),
        bearer(auth.get("headers", {}).get("authorization")),
        bearer(query.get("header.authorization")),
        bearer(headers["authorization"]),
    ]
    return next((token for token in tokens if token is not None), None)


def listen(name):
    def on(event):
        return server.on(event, namespace=name)

    @on("connect")
    async def connect(sid, environ, auth=None):
        known = handshake(environ, auth)
        if name == "/guarded" and token_of(known) != "good":
            raise socketio.exceptions.ConnectionRefusedError("invalid token", {"status": 401})
        await server.save_session(sid, {"handshake": known, "received": 0, "ordered": True}, namespace=name)

    @on("echo")
    async def echo(sid, value):
        await server.emit("echo", value, to=sid, namespace=name)

    @on("ask")
    async def ask(_, value):
        return value

    @on("question")
    async def question(sid, value):
        async def answered(answer):
            await server.emit("answered", answer, to=sid, namespace=name)

        await server.emit("question", value, to=sid, namespace=name, callback=answered)

    @on("count")
    async def count(sid, i):
        session = await server.get_session(sid, namespace=name)
        session["ordered"] = session["ordered"] and i == session["received"]
        session["received"] += 1

    @on("counted")
    async def counted(sid, _):
        session = await server.get_session(sid, namespace=name)
        # A list is one argument, a tuple would be several.
        return [session["received"], session["ordered"]]

    @on("burst")
    async def burst(sid, n):
        for i in range(n):
            await server.emit("burst", i, to=sid, namespace=name)

    @on("whoami")
    async def whoami(sid, _):
        return (await server.get_session(sid, namespace=name))["handshake"]

    @on("disconnect")
    async def disconnect(sid, *_):
        await server.emit("left", sid, skip_sid=sid, namespace=name)

    @on("leave")
    async def leave(sid, *_):
        await server.disconnect(sid, namespace=name)

    @on("hang-up")
    async def hang_up(sid, *_):
        await server.eio.disconnect(server.manager.eio_sid_from_sid(sid, name))


for namespace in NAMESPACES:
    listen(namespace)


@server.on("authentication", namespace="/sign-in")
async def authentication(sid, given):
    token = given.get("token") or bearer(given.get("headers", {}).get("authorization"))
    if token == "good":
        await server.emit("authenticated", True, to=sid, namespace="/sign-in")
        return
    await server.emit("unauthorized", {"message": "invalid token"}, to=sid, namespace="/sign-in")
    await server.disconnect(sid, namespace="/sign-in")


class Announcing(uvicorn.Server):
    async def startup(self, sockets=None):
        await super().startup(sockets)
        print("READY", flush=True)


config = uvicorn.Config(socketio.ASGIApp(server), host="127.0.0.1", port=int(os.environ["PORT"]), log_level="warning")
Announcing(config).run()
