// What the edge does to texts, without a page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeBase64url, hold, parameters, take } from "../../src/web/edge.js";
import { addParameters } from "../../src/web/network.js";

const decoded = (query) => take(parameters(hold(query)));

test("queries are encoded as by encodeURIComponent", () => {
  const url = hold("https://a.example/path/");
  addParameters(url, hold(["a b", "ä&=?/+", "-_.!~*'()", "🚀"]));
  addParameters(url, hold(["sid", "x/y"]));
  const query = "a%20b=%C3%A4%26%3D%3F%2F%2B&-_.!~*'()=%F0%9F%9A%80&sid=x%2Fy";
  assert.equal(take(url), `https://a.example/path/?${query}`);
  assert.deepEqual(decoded(query), ["a b", "ä&=?/+", "-_.!~*'()", "🚀", "sid", "x/y"]);
});

test("queries are decoded with all their faults", () => {
  assert.deepEqual(decoded("a=1&b=%C3%A4&c&=d&&e=f=g"), ["a", "1", "b", "ä", "c", "", "", "d", "e", "f=g"]);
  assert.deepEqual(decoded("a=%&b=%4&c=%zz&d=%ff"), ["a", "%", "b", "%4", "c", "%zz", "d", "%ff"]);
  assert.deepEqual(decoded("a=x\ny%26"), ["a", "x\ny&"]);
  assert.deepEqual(decoded(""), []);
});

test("base64url is decoded to text, and nothing else is", () => {
  for (const text of ["", "{}", "{\"sub\":\"ä🚀\"}", "??>>~~ÿ"])
    assert.equal(take(decodeBase64url(hold(Buffer.from(text).toString("base64url")))), text);
  for (const text of ["Zg==", "Zm8=", "a", "abcde", "a+b/", "ab c", "é", "_w"]) assert.equal(decodeBase64url(hold(text)), 0, text);
});
