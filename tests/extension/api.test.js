// The server as the extension sees it: where it may send, and a clear word for all that goes wrong.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Server, serverAddress } from "../../extension/api.js";

const answering = (status, body, headers = { "Content-Type": "application/json" }) => {
  const asked = [];
  const ask = async (address, options) => {
    asked.push({ address, ...options });
    return new Response(status === 304 ? null : body, { status, headers });
  };
  return { asked, server: new Server({ server: "https://l.example", token: "secret" }, { ask }) };
};

const problem = (status, detail) => answering(status, JSON.stringify({ title: "Problem", detail }), { "Content-Type": "application/problem+json" });

test("text goes to https and to this machine only", () => {
  assert.equal(serverAddress(" lessons.example.org/ "), "https://lessons.example.org");
  assert.equal(serverAddress("https://lessons.example.org:8443/search?q=1"), "https://lessons.example.org:8443");
  assert.equal(serverAddress("127.0.0.1:8000"), "http://127.0.0.1:8000");
  assert.equal(serverAddress("localhost:8000"), "http://localhost:8000");
  for (const bad of ["", "http://lessons.example.org", "http://127.0.0.1.evil.example", "ftp://a.example", "javascript:alert(1)",
    "file:///etc/passwd", "https://me:secret@a.example", "http://2130706433.example", "http://127.0.0.2", "http://localhost.evil.example"]) {
    assert.throws(() => serverAddress(bad), { reason: "address" }, bad);
  }
});

test("the token goes with each question, cookies never, and an answer is JSON", async () => {
  const { asked, server } = answering(200, '{"suggestions": []}');
  assert.deepEqual(await server.related({ title: "a", text: "b" }), { suggestions: [] });
  const [{ address, method, headers, body, credentials, redirect }] = asked;
  assert.deepEqual([address, method, credentials, redirect], ["https://l.example/v1/related", "POST", "omit", "manual"]);
  assert.equal(headers.Authorization, "Bearer secret");
  assert.deepEqual(JSON.parse(body), { title: "a", text: "b", limit: 5 });
});

test("what a person types is no part of the path", async () => {
  const { asked, server } = answering(200, "{}");
  await server.search("a&b=c #d");
  await server.collect("../../tokens", {});
  assert.deepEqual(asked.map(({ address }) => address),
    ["https://l.example/v1/search?q=a%26b%3Dc+%23d&limit=10", "https://l.example/v1/collections/..%2F..%2Ftokens/items"]);
});

for (const [what, { server }, reason, words] of [
  ["an expired token", problem(401, "the token expired on 2026-01-01"), "token", /expired on 2026-01-01.*new one/],
  ["a proxy's 401", answering(401, "<h1>no</h1>", { "Content-Type": "text/html" }), "token", /does not take the token/],
  ["a missing scope", problem(403, "this needs the scope curate"), "scope", /scope curate/],
  ["a refusal", problem(422, "text: too long"), "refused", /too long/],
  ["a refusal without words", problem(500), "refused", /Problem/],
  ["a sign-in page", answering(200, "<html>sign in</html>", { "Content-Type": "text/html" }), "stranger", /no Lessonry server/],
  ["a page not found elsewhere", answering(404, "nope", { "Content-Type": "text/plain" }), "stranger", /no Lessonry server/],
  ["broken JSON", answering(200, '{"a":'), "stranger", /no Lessonry server/],
  ["an answer without end", answering(200, `"${"x".repeat(4_000_001)}"`), "stranger", /no Lessonry server/],
]) {
  test(`${what} becomes a clear word`, () => assert.rejects(server.whoami(), (error) => error.reason === reason && words.test(error.message)));
}

test("a server that is gone, one that is slow, and none", async () => {
  const gone = new Server({ server: "https://l.example", token: "" }, { ask: async () => { throw new TypeError("Failed to fetch"); } });
  await assert.rejects(gone.whoami(), { reason: "gone" });
  const stuck = (_, { signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  const slow = new Server({ server: "https://l.example", token: "" }, { ask: stuck, patience: 10 });
  const alive = setInterval(() => null, 5);
  await assert.rejects(slow.whoami(), { reason: "slow" });
  clearInterval(alive);
  await assert.rejects(new Server({ server: "", token: "" }).whoami(), { reason: "address" });
});

test("a server that sends on to another address is a stranger, and nothing follows it", async () => {
  const asked = [];
  const ask = async (address) => {
    asked.push(address);
    return { type: "opaqueredirect", status: 0, ok: false, headers: new Headers() };  // as a browser tells a redirect
  };
  await assert.rejects(new Server({ server: "https://l.example", token: "secret" }, { ask }).related({ text: "a" }), { reason: "stranger" });
  assert.deepEqual(asked, ["https://l.example/v1/related"]);
});

test("without a token it is said that one is needed", async () => {
  const ask = async () => new Response("{}", { status: 401, headers: { "Content-Type": "application/problem+json" } });
  await assert.rejects(new Server({ server: "https://l.example", token: "" }, { ask }).save({}), /needs a token/);
});

test("a pack that has not changed is not sent again", async () => {
  const { asked, server } = answering(304);
  assert.equal(await server.pack('"7"'), null);
  assert.equal(asked[0].headers["If-None-Match"], '"7"');
  const fresh = answering(200, new Uint8Array([1, 2]), { "Content-Type": "application/octet-stream", ETag: '"8"' });
  const { bytes, etag } = await fresh.server.pack(null);
  assert.deepEqual([new Uint8Array(bytes), etag], [new Uint8Array([1, 2]), '"8"']);
});
