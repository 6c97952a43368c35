// Looks at a tab: reads it, asks for lessons where the person wants it asked, keeps the answer for the panel.

import { modeOf, OFF, PRIVATE, siteOf } from "./modes.js";
import { allowedServer } from "./permissions.js";
import { matchPrivately } from "./private.js";
import { readTab, Unreadable } from "./reader.js";
import { settings } from "./settings.js";
import { suggestions } from "./shapes.js";

const COLOUR = "#0b6158";
const turns = new Map();  // tab -> how often it was looked at: an answer that comes late is dropped

// `selected`: what the browser says is selected, where the page is to be asked about that alone.
export async function look(tabId, selected = "") {
  const turn = (turns.get(tabId) ?? 0) + 1;
  turns.set(tabId, turn);
  const keep = (state) => turns.get(tabId) === turn && put(tabId, state);
  await keep({ ...await stateOf(tabId), status: "looking" });
  try {
    const tab = await chrome.tabs.get(tabId);
    if (modeOf(await settings(), tab.url).mode === OFF) return await keep(unread(tab));
    const page = await readTab(tabId);
    page.selection ||= selected;
    const address = withoutHash((await chrome.tabs.get(tabId)).url);
    const about = { title: page.title, url: page.url, selected: Boolean(page.selection), site: siteOf(page.url) };
    await keep({ status: "done", address, page: about, ...await lessonsFor(page) });
  } catch (error) {
    await keep({ status: "failed", reason: error.reason ?? "bug", words: error.message });
    if (!error.reason) throw error;
  }
}

// What is told of a page that is not to be read, with what the browser itself knows of it.
function unread({ title = "", url }) {
  const page = { title, url, selected: false, site: siteOf(url) };
  return { status: "done", address: withoutHash(url), page, where: "nowhere", suggestions: [], words: "Lessonry is off for this site." };
}

// { where, suggestions, words }: by the server or by the pack; by the pack, too, when the server fails.
async function lessonsFor(page) {
  const set = await settings();
  const { where } = modeOf(set, page.url);
  if (!page.text && !page.selection) throw new Unreadable("empty", page.pdf ? PDF : "There is nothing to read on this page.");
  const question = page.selection ? { text: page.selection } : { title: page.title, text: page.text, url: page.url };
  if (where === PRIVATE) return inBrowser(set, question);
  try {
    const answer = await (await allowedServer()).related(question);
    return { where, suggestions: suggestions(answer?.suggestions), words: "" };
  } catch (error) {
    const found = error.reason && await lastPack(set.server, question);
    if (!found) throw error;
    return { where: PRIVATE, suggestions: found.suggestions, words: `${error.message} These come from the pack of ${day(found.at)}.` };
  }
}

// What the last pack says; nothing if it cannot be read, for then the server's own failure is what to tell.
async function lastPack(address, question) {
  try {
    return await matchPrivately(address, question);
  } catch (error) {
    if (error.reason) return null;
    throw error;
  }
}

const PDF = "A PDF is shown by the browser's own viewer, which lets no extension read it. Save it, and your server reads it.";

async function inBrowser(set, question) {
  const found = await matchPrivately(set.server, question);
  if (!found) throw new Unreadable("pack", "There is no pack yet to match in this browser. Connect in the settings and fetch it.");
  return { where: PRIVATE, suggestions: found.suggestions, words: "" };
}

function day(at) {
  return new Date(at).toLocaleDateString(undefined, { day: "numeric", month: "long" });
}

export async function stateOf(tabId) {
  return (await chrome.storage.session.get(key(tabId)))[key(tabId)] ?? { status: "new" };
}

// The tab goes on to another page; nothing is forgotten where only the place within the page changes.
export async function leave(tabId, address) {
  if (address && withoutHash(address) === (await stateOf(tabId)).address) return;
  turns.set(tabId, (turns.get(tabId) ?? 0) + 1);
  await Promise.all([chrome.storage.session.remove(key(tabId)), badge(tabId, 0)]);
}

async function put(tabId, state) {
  await chrome.storage.session.set({ [key(tabId)]: state });
  await badge(tabId, state.suggestions?.length ?? 0);
}

async function badge(tabId, count) {
  try {
    await chrome.action.setBadgeBackgroundColor({ tabId, color: COLOUR });
    await chrome.action.setBadgeText({ tabId, text: count ? String(count) : "" });
  } catch {
    // the tab was closed meanwhile
  }
}

function withoutHash(address = "") {
  return address.split("#")[0];
}

function key(tabId) {
  return `tab:${tabId}`;
}
