// What is read of a page: the ticket without its menus, the selection, the page's own address.

import assert from "node:assert/strict";
import { test } from "node:test";
import { parseHTML } from "linkedom";
import "../../extension/reading.js";

const { find, read } = globalThis.reading;

const page = (html) => parseHTML(`<!doctype html><html>${html}</html>`).document;
const at = (address, loadedAs = address) => ({ address, loadedAs });

const ARTICLE = "The certificate of the router expired on a Friday and nobody had an alarm on it. ".repeat(4).trim();

test("an article is its headings, paragraphs and lists, without what stands around it", () => {
  const document = page(`<head><title>Acme | News</title></head><body>
    <nav><a href="/">Home</a></nav><header role="banner">Acme</header>
    <article><h1>A  router
      stood still</h1><p>${ARTICLE}</p><h2>What to learn</h2><ul><li>Put an <b>alarm</b> on it.</li><li><a href="/x">See also</a></li></ul>
      <aside>Subscribe!</aside><script>alert(1)</script><p hidden>unseen</p></article>
    <footer>© Acme</footer></body>`);
  assert.deepEqual(read(document, at("https://acme.example/a")), {
    title: "A router stood still",
    url: "https://acme.example/a",
    text: `# A router stood still\n\n${ARTICLE}\n\n## What to learn\n\n- Put an alarm on it.`,
    selection: "",
    pdf: false,
  });
});

test("a table, code and line breaks keep their words apart", () => {
  const document = page(`<body><table><tr><td>disk</td><td>full</td></tr></table><pre>rm -rf
  /data</pre><p>one<br>two</p></body>`);
  assert.equal(read(document).text, "disk\n\nfull\n\nrm -rf\n  /data\n\none two");
});

for (const [tool, html, title, text] of [
  ["GitHub", `<bdi class="js-issue-title markdown-title">Restore fails</bdi><div class="timeline"><a>alice</a>
    <td class="comment-body markdown-body js-comment-body"><p>The backup is empty.</p></td>
    <div class="reactions">👍 3</div><td class="comment-body markdown-body js-comment-body"><p>The disk was full.</p></td></div>`,
    "Restore fails", "The backup is empty.\n\nThe disk was full."],
  ["GitLab", `<h1 class="title" data-testid="issue-title">Restore fails</h1><div class="detail-page-description"><div class="description"><p>The
    backup is empty.</p></div></div><div class="note-header">bob</div><div class="note-text md"><p>The disk was full.</p></div>`,
    "Restore fails", "The backup is empty.\n\nThe disk was full."],
  ["Jira", `<h1 id="summary-val">Restore fails</h1><div id="description-val"><p>The backup is empty.</p></div>
    <div class="activity-comment"><div class="action-head">carol</div><div class="action-body"><p>The disk was full.</p></div></div>`,
    "Restore fails", "The backup is empty.\n\nThe disk was full."],
  ["Jira in the cloud", `<h1 data-testid="issue.views.issue-base.foundation.summary.heading">Restore fails</h1>
    <div data-testid="issue.views.field.rich-text.description"><p>The backup is empty.</p></div>
    <div data-testid="issue-comment-base.ui.comment.ak-comment.1"><span>dan</span><div class="ak-renderer-document"><p>The disk was full.</p></div></div>`,
    "Restore fails", "The backup is empty.\n\nThe disk was full."],
  ["Slack", `<span data-qa="channel_name">incident-42</span><div data-qa="message-text"><div class="p-rich_text_section">The backup is
    empty.</div></div><button>Reply</button><div data-qa="message-text"><div class="p-rich_text_section">The disk was full.</div></div>`,
    "incident-42", "The backup is empty.\n\nThe disk was full."],
]) {
  test(`${tool}: the title, the description and the comments`, () => {
    const found = read(page(`<head><title>other</title></head><body><main>${html}</main></body>`));
    assert.equal(found.title, title);
    assert.equal(found.text, text);
  });
}

test("a list of links is a menu, wherever it stands; a link within a sentence is text", () => {
  const document = page(`<body><div><a href="/1">Products</a> <a href="/2">Prices</a></div>
    <p>The clock took a <a href="/leap">leap second</a> badly, and every valve was shut.</p></body>`);
  assert.equal(read(document).text, "The clock took a leap second badly, and every valve was shut.");
});

test("the selection is told apart from the text; a word that was clicked is none", () => {
  const document = page(`<body><p>${ARTICLE}</p></body>`);
  const selection = "  The certificate of the router expired.  ";
  assert.equal(read(document, { address: "https://a.example/", selection }).selection, selection.trim());
  assert.equal(read(document, { address: "https://a.example/", selection: "router" }).selection, "");
});

test("the address is the page's own name for itself, where it can be trusted", () => {
  const said = (canonical, address, loadedAs) =>
    read(page(`<head><link rel="canonical" href="${canonical}"></head><body></body>`), at(address, loadedAs)).url;
  assert.equal(said("/post", "https://a.example/post?utm_source=x#top"), "https://a.example/post");
  assert.equal(said("https://evil.example/post", "https://a.example/post"), "https://a.example/post", "another site");
  assert.equal(said("/", "https://a.example/post"), "https://a.example/post", "every page names the home page");
  assert.equal(said("/1", "https://a.example/2", "https://a.example/1"), "https://a.example/2", "of the page before");
  assert.equal(said("http://[", "https://a.example/2"), "https://a.example/2");
  assert.equal(said("/1", "https://me:secret@a.example/2", "https://a.example/"), "https://a.example/2", "no password leaves");
  assert.equal(read(page("<body></body>"), at("about:blank")).url, "");
});

test("a very long page and a very deep one are read as far as it makes sense", () => {
  const long = read(page(`<body>${`<p>${ARTICLE}</p>`.repeat(2000)}</body>`)).text;
  assert.ok(long.length > 59_000 && long.length < 62_000, String(long.length));
  const document = page("<body></body>");
  let deepest = document.body;
  for (let depth = 0; depth < 20_000; depth++) deepest = deepest.appendChild(document.createElement("div"));
  deepest.textContent = "at the bottom";
  assert.deepEqual(find(document.body, "at the bottom").slice(1, 2), [0]);
});

test("nothing is read of what a person types", () => {
  const document = page(`<body><form><input value="secret"><textarea>my password</textarea><p>Sign in</p></form></body>`);
  assert.equal(read(document).text, "Sign in");
});

test("a sentence is found whatever stands between its words", () => {
  const document = page(`<body><p>Before. The <b>clock</b>
    of the&nbsp;valve</p><p>took a second. After.</p></body>`);
  const [first, start, last, end] = find(document.body, "- The clock of the valve took a second.");
  assert.equal(first.nodeValue.slice(start), "The ");
  assert.equal(last.nodeValue.slice(0, end), "took a second.");
  assert.equal(find(document.body, "The clock of the disk"), null);
  assert.equal(find(document.body, "  "), null);
});

test("an address that no server takes loses its query, or is left out", () => {
  const document = page(`<head><link rel="canonical" href="https://acme.example/?${"x".repeat(3000)}"></head><body><p>${ARTICLE}</p></body>`);
  assert.equal(read(document, at("https://acme.example/a?b=1")).url, "https://acme.example/a?b=1");
  assert.equal(read(page(`<p>${ARTICLE}</p>`), at(`https://acme.example/a?${"x".repeat(3000)}`)).url, "https://acme.example/a");
  assert.equal(read(page(`<p>${ARTICLE}</p>`), at(`https://acme.example/${"x".repeat(3000)}`)).url, "");
});
