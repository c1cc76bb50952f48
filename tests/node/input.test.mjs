// What the façade reads of an app's URLs and headers: the tables that the crate's own reading has (native/url.rs, placement.rs).
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { address } from "../../src/js/address.js";
import { bearerHeader, header, headers } from "../../src/js/headers.js";
import { checkNamespace, locate } from "../../src/js/url.js";

afterEach(() => {
  delete globalThis.location;
});

/** Scheme, host, port, path and query of a URL on a page, as one text. */
const parse = (text, origin) => {
  globalThis.location = { origin: origin ?? "null" };
  try {
    const { isSecure, hostname, port, path, query } = locate(text);
    return `${isSecure ? "https" : "http"} ${hostname} ${port} ${path} ${query}`.trimEnd();
  } catch (error) {
    assert.equal(error.code, "invalid_url");
    return "invalid";
  }
};

test("every form of a URL is read", () => {
  for (const [text, expected] of [
    ["https://a.example", "https a.example 443 /"],
    ["http://a.example", "http a.example 80 /"],
    ["ws://a.example/chat", "http a.example 80 /chat"],
    ["wss://a.example:8080/", "https a.example 8080 /"],
    ["http://localhost:3000/a/b?x=1&y=2#z", "http localhost 3000 /a/b x=1&y=2"],
    ["http://localhost?x=1", "http localhost 80 / x=1"],
    ["http://localhost#z", "http localhost 80 /"],
    ["http://[::1]:3000/a", "http ::1 3000 /a"],
    ["http://[2001:db8::1]", "http 2001:db8::1 80 /"],
    ["http://user:pass@a.example/", "http a.example 80 /"],
    ["http://a.example/a?q=http://b.example/", "http a.example 80 /a q=http://b.example/"],
    ["//b.example/x", "https b.example 443 /x"],
    ["b.example", "https b.example 443 /"],
    ["localhost:3000", "https localhost 3000 /"],
    ["b.example/a?next=http://c.example", "https b.example 443 /a next=http://c.example"],
    ["/admin", "https page.example 8443 /admin"],
    ["/admin?x=1", "https page.example 8443 /admin x=1"],
    ["?x=1", "https page.example 8443 / x=1"],
    ["", "https page.example 8443 /"],
    ["https://bücher.example/ä", "https bücher.example 443 /ä"],
    ["http://a.example:", "http a.example 80 /"],
  ])
    assert.equal(parse(text, "https://page.example:8443"), expected, text);
});

test("what is left out comes from the page", () => {
  assert.equal(parse("//b.example", "http://page.example"), "http b.example 80 /");
  assert.equal(parse("b.example", "http://page.example"), "http b.example 80 /");
  assert.equal(parse("/x", "http://page.example"), "http page.example 80 /x");
  assert.equal(parse("b.example"), "https b.example 443 /");
  assert.equal(parse("/x"), "invalid");
  assert.equal(parse(""), "invalid");
});

test("what is no URL of a server is refused, and not repeated", () => {
  const unparsable =
    "ftp://a.example file:///etc javascript://x ://x http:// http:///x http://?x // http://<a> http://a.example:x http://a.example:0 " +
    "http://a.example:65536 http://a.example:-1 http://a%20b http://256.256.256.256 http://1.2.3.999 http://[::g] http://[:] http://[::1 http://::1] http://a,b http://a;b http://\x7f http://a\\b a.example:";
  for (const text of [...unparsable.split(" "), "http://a b", "http://a\tb", "http://a\nb"])
    assert.equal(parse(text, "https://page.example:8443"), "invalid", text);
  assert.throws(() => locate("http://user:hunter2@a b/?token=hunter2"), (error) => !/hunter2/.test(error.message));
});

test("options name a server", () => {
  for (const [options, expected] of [
    [{ hostname: "a.example" }, "http://a.example"],
    [{ host: "a.example:3000", port: 8080 }, "http://a.example:8080"],
    [{ host: "https://a.example:3000/x?y#z", secure: true }, "https://a.example"],
    [{ host: "::1" }, "http://[::1]"],
    [{ host: "2001:db8::1", port: 3000 }, "http://[2001:db8::1]:3000"],
    [{ host: "[2001:db8::1]:3000" }, "http://[2001:db8::1]"],
    [{ hostname: "::1", secure: true }, "https://[::1]"],
  ]) {
    assert.equal(address(options), expected);
    assert.ok(locate(expected));
  }
  assert.equal(address({ path: "/x" }), undefined);
});

test("an origin has a port where it is not the protocol's own", () => {
  const server = (text) => locate(text).server;
  assert.equal(server("wss://a.example:443/x"), "https://a.example");
  assert.equal(server("ws://a.example:80"), "http://a.example");
  assert.equal(server("ws://a.example:443"), "http://a.example:443");
  assert.equal(server("https://[::1]:3000"), "https://[::1]:3000");
});

test("a page over https does not reach a server over http, but on its own machine", () => {
  globalThis.location = { origin: "https://page.example" };
  for (const host of ["localhost", "a.localhost", "127.0.0.1", "[::1]"]) assert.equal(locate(`http://${host}`).isMixed, false, host);
  assert.equal(locate("http://a.example").isMixed, true);
  assert.equal(locate("https://a.example").isMixed, false);
  assert.deepEqual(["", "https://page.example:443", "https://other.example"].map((text) => locate(text).isOwnOrigin), [true, true, false]);
  globalThis.location = { origin: "http://page.example" };
  assert.equal(locate("http://a.example").isMixed, false);
});

test("a namespace has no comma", () => {
  checkNamespace("/chat");
  assert.throws(() => checkNamespace("/a,b"), { code: "invalid_url" });
});

test("a value loses the white space at its ends", () => {
  for (const [value, kept] of [["", ""], [" \t v \r\n", "v"], ["a\tb", "a\tb"], ["\x80\xff", "\x80\xff"]])
    assert.deepEqual(header("X-Key", value), ["X-Key", kept]);
  assert.deepEqual(header("X-HTTP-Method-Override", "PATCH, TRACED")[1], "PATCH, TRACED");
});

const refused = (name, value, message) => assert.throws(() => header(name, value), { code: "invalid_header", message }, `${name}: ${value}`);

test("headers that no page can send are refused", () => {
  const badName = (start) => `invalid header name: bad character after "${start}"`;
  for (const [name, start] of [["", ""], ["X Key", "X"], [" X", ""], ["Authorization: Bearer t", "Authorization"]]) refused(name, "v", badName(start));
  for (const unit of '"(),/:;<=>?@[\\]{}\x7f\0\t\r\n \x80\xe9') refused(`X${unit}Y`, "v", badName("X"));
  for (const value of ["a\nb", "a\rb", "a\0b", "\0", "a\vb", "\x7f", "\u0100", "🔑", "\ud800"])
    refused("X-Key", value, "invalid header value: bad character in X-Key");
  const forbidden =
    "Accept-Charset Accept-Encoding Access-Control-Request-Headers Access-Control-Request-Method Connection Content-Length " +
    "Cookie Cookie2 Date DNT Expect Host Keep-Alive Origin Referer Set-Cookie TE Trailer Transfer-Encoding Upgrade Via Proxy- " +
    "Proxy-Authorization Sec- SEC-WebSocket-Protocol";
  const isForbidden = (name) => `forbidden header: browsers do not let a page send ${name}`;
  for (const name of forbidden.split(" ").flatMap((name) => [name, name.toLowerCase()])) refused(name, "v", isForbidden(name));
  for (const [name, value] of [["X-HTTP-Method", "TRACE"], ["x-method-override", "GET, track "], ["X-HTTP-Method-Override", "Connect"]])
    refused(name, value, isForbidden(name));
  refused("Cookie", "\0", "invalid header value: bad character in Cookie");
  assert.throws(() => bearerHeader(""), { code: "invalid_header", message: "The bearer token is empty" });
});

test("headers come from whatever has entries; those of one name are joined", () => {
  const pairs = (given) => [...headers(given).values()];
  const expected = [["X-A", "1, 2"], ["b", "3"]];
  assert.deepEqual(pairs({ "X-A": 1, "x-a": "2", b: 3, c: null, d: undefined }), expected);
  assert.deepEqual(pairs(new Map([["X-A", "1"], ["x-a", "2"], ["b", "3"]])), expected);
  assert.deepEqual(pairs(new URLSearchParams("X-A=1&x-a=2&b=3")), expected);
  for (const given of ["X-A", 5, [["a", "b"]]]) assert.equal(headers(given), undefined);
  assert.throws(() => headers({ "X-A": {} }), { code: "invalid_header", message: "The header X-A has a value that is no string" });
});
