// What a server says becomes plain strings, whatever it says.

import assert from "node:assert/strict";
import { test } from "node:test";
import { isWeb, pieces } from "../../extension/dom.js";
import { brief, collections, hits, job, suggestions } from "../../extension/shapes.js";

const DOCUMENT = {
  id: "a1", title: "An empty backup", kind: "post-mortem", organization: "Acme", published: "2021-05", state: "verified",
  actions: { open: 2, done: 1, dropped: 0 },
};

test("a suggestion keeps what the panel shows", () => {
  const [{ document, because }] = suggestions([{ document: DOCUMENT, because: [{ yours: "y", theirs: "t", passage_id: 7, score: 1 }] }]);
  assert.deepEqual([document.title, document.state, document.open], ["An empty backup", "verified", 2]);
  assert.deepEqual(because, [{ yours: "y", theirs: "t", passage: 7 }]);
});

test("a malicious answer is empty or harmless, never an error", () => {
  const odd = [null, undefined, 1, "x", true, {}, [], [null], [[]], [{}], { length: 3 }, [{ document: 1 }], [{ document: { id: {} } }],
    [{ document: { id: "a", title: { toString: 1 }, actions: "x" }, because: 5, snippet: {} }]];
  for (const value of odd) {
    for (const shape of [suggestions, hits, collections]) assert.ok(Array.isArray(shape(value)));
    job(value);
    brief(value);
  }
  assert.equal(suggestions(odd.at(-1))[0].document.title, "Untitled");
  assert.equal(brief({ id: "a", title: "x".repeat(1e6) }).title.length, 300);
  assert.equal(suggestions(Array(1000).fill({ document: DOCUMENT })).length, 10);
});

test("a snippet is text and marks; no other tag lives", () => {
  assert.deepEqual(pieces("an <mark>empty</mark> backup &lt;b&gt; &amp;lt;"), [["an ", false], ["empty", true], [" backup <b> &lt;", false]]);
  assert.deepEqual(pieces("<img src=x onerror=alert(1)>"), [["<img src=x onerror=alert(1)>", false]]);
});

test("only addresses of the web become links", () => {
  for (const bad of ["javascript:alert(1)", " JavaScript:alert(1)", "data:text/html,x", "chrome://settings", "/documents/1", ""]) assert.equal(isWeb(bad), false, bad);
  assert.equal(isWeb("https://l.example/documents/1"), true);
});

test("a piece of work that is done names its document", () => {
  assert.deepEqual(job({ job: { id: "j", status: "done", error: null, result: { items: [{ status: "added", title: "T", id: "d", error: null }] } } }),
    { id: "j", status: "done", words: "", item: { status: "added", title: "T", id: "d", error: "" } });
  assert.equal(job({ job: { id: "j", status: "done", result: { items: [{ status: "failed", error: "too short" }] } } }).words, "too short");
});
