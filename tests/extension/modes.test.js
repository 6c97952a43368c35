// Modes by site: nothing by itself unless a person said so, and then within the browser.

import assert from "node:assert/strict";
import { test } from "node:test";
import { modeOf, patternOf, siteOf, whyClosed, withSite } from "../../extension/modes.js";
import { DEFAULTS } from "../../extension/settings.js";

const WIKI = "https://wiki.example:8443";

test("by default a page waits for a click", () => {
  assert.deepEqual(modeOf(DEFAULTS, `${WIKI}/page`), { mode: "click", where: "full" });
  assert.deepEqual(modeOf({ ...DEFAULTS, where: "private" }, `${WIKI}/page`), { mode: "click", where: "private" });
});

test("a site that is looked at by itself is matched in the browser unless a person chose otherwise", () => {
  const sites = withSite({}, WIKI, "automatic");
  assert.deepEqual(modeOf({ ...DEFAULTS, sites }, `${WIKI}/any/page?q#h`), { mode: "automatic", where: "private" });
  assert.equal(modeOf({ ...DEFAULTS, sites }, "https://wiki.example/").mode, "click", "another port is another site");
  assert.equal(modeOf({ ...DEFAULTS, sites }, "https://wiki.example.evil.example/").mode, "click");
  assert.deepEqual(withSite(sites, WIKI, "automatic", "full"), { [WIKI]: { mode: "automatic", where: "full" } });
  assert.deepEqual(withSite(sites, WIKI, "click"), {}, "what is as by default is not kept");
});

test("the browser is asked for one host", () => {
  assert.equal(patternOf(WIKI), "https://wiki.example/*");
});

test("a site is a page of the web", () => {
  assert.equal(siteOf("http://a.example/b"), "http://a.example");
  for (const none of ["chrome://settings", "about:blank", "file:///a", "data:text/html,x", "", undefined]) assert.equal(siteOf(none), null);
});

test("pages that no extension may read are told in words", () => {
  assert.match(whyClosed("chrome://settings/"), /browser itself/);
  assert.match(whyClosed("about:blank"), /browser itself/);
  assert.match(whyClosed("https://chromewebstore.google.com/detail/x"), /store/);
  assert.match(whyClosed("file:///home/a.html"), /file/);
  assert.equal(whyClosed("https://a.example/"), null);
  assert.equal(whyClosed(undefined), null, "without permission the address is not even known");
});
