// The worker behind the panel: what the browser tells, and one table of what the extension's own pages may ask.

import { Server, serverAddress } from "./api.js";
import { leave, look } from "./looking.js";
import { AUTOMATIC, modeOf, siteOf, withSite } from "./modes.js";
import { allowedServer as server, forgetTaken, giveBack } from "./permissions.js";
import { describe, dropPack, updatePack } from "./private.js";
import { readTab, showSentence } from "./reader.js";
import { change, clear, close, settings } from "./settings.js";
import { collections, hits, job, text } from "./shapes.js";

const SELECTION = "selection", MOMENT = 300, PAUSE = 150;

const HANDLERS = {
  look: ({ tab }) => look(tab),
  show: ({ tab, sentence }) => showSentence(tab, sentence),
  search: async ({ q }) => hits((await (await server()).search(q))?.hits),
  feedback: async ({ verdict }) => void await (await server()).feedback(verdict),
  collections: async () => collections((await (await server()).collections())?.items),
  collect: async ({ slug, item }) => void await (await server()).collect(slug, item),
  save: async ({ tab }) => savePage(await readTab(tab)),
  job: async ({ id }) => job(await (await server()).job(id)),
  moment: async ({ moment }) => text((await (await server()).moment(moment))?.id, 100),
  connect,
  mode: changeMode,
  pack: async () => describe((await settings()).server),
  updatePack: async () => updatePack(await server()),
  forget: async () => { await Promise.all([clear(), dropPack()]); await giveBack(); },
};

// Only the extension's own pages are answered; a script in a page or another extension gets nothing.
chrome.runtime.onMessage.addListener((message, sender, answer) => {
  const ours = sender.id === chrome.runtime.id && sender.url?.startsWith(chrome.runtime.getURL(""));
  if (!ours || !Object.hasOwn(HANDLERS, message?.type)) return false;
  Promise.resolve(HANDLERS[message.type](message)).then(
    (value) => answer({ value: value ?? null }),
    (error) => {
      if (!error.reason) console.error(error);
      answer({ error: { reason: error.reason ?? "bug", words: error.message } });
    },
  );
  return true;
});

async function connect({ address, token }) {
  const next = { server: serverAddress(address), token: token.trim() };
  const { name, scopes, open } = await new Server(next).whoami() ?? {};
  const before = (await settings()).server;
  await change(next);
  if (before !== next.server) await dropPack();
  await giveBack();  // that of a server before
  return { name: text(name, 100), scopes: Array.isArray(scopes) ? scopes.map((one) => text(one, 20)) : [], open: open === true };
}

async function changeMode({ site, mode, where }) {
  await change({ sites: withSite((await settings()).sites, site, mode, where) });
  await giveBack();
}

async function savePage({ title, url, text: words, pdf }) {
  const page = pdf || !words ? { url } : { title, text: words, ...(url && { url }) };
  return job(await (await server()).save(page));
}

function openPanel(tab) {
  return chrome.sidePanel ? chrome.sidePanel.open({ windowId: tab.windowId }) : chrome.sidebarAction.open();
}

chrome.action.onClicked.addListener((tab) => {
  openPanel(tab);
  look(tab.id);
});

chrome.contextMenus.onClicked.addListener(({ selectionText }, tab) => {
  openPanel(tab);
  look(tab.id, selectionText);
});

chrome.permissions.onRemoved.addListener(forgetTaken);

chrome.runtime.onInstalled.addListener(({ reason }) => {
  chrome.contextMenus.create({ id: SELECTION, title: "Related lessons for the selection", contexts: ["selection"] });
  if (reason === "install") chrome.tabs.create({ url: "welcome.html" });
});

chrome.runtime.onStartup.addListener(async () => {
  const { server: address } = await settings();
  if (address) server().then(updatePack).catch(() => null);  // the last one stays; the settings tell how old it is
});

// The address or the page of a tab changes: what was found is of another page. Sites that are looked at by themselves
// are looked at anew, those of a single page too, whose address changes without a load.
const soon = new Map();
chrome.tabs.onUpdated.addListener((tabId, { status, url }, tab) => {
  if (!status && !url) return;
  if (status === "loading" || url) leave(tabId, tab.url);
  if (!siteOf(tab.url)) return;
  clearTimeout(soon.get(tabId));
  soon.set(tabId, setTimeout(() => lookByItself(tabId), MOMENT));
});

chrome.tabs.onRemoved.addListener((tabId) => leave(tabId));

async function lookByItself(tabId) {
  soon.delete(tabId);
  const { url } = await chrome.tabs.get(tabId).catch(() => ({}));  // it may be closed by now
  if (modeOf(await settings(), url).mode === AUTOMATIC) await look(tabId);
}

let lastTyped = "";
chrome.omnibox.onInputChanged.addListener(async (typed, suggest) => {
  lastTyped = typed;
  await new Promise((resolve) => setTimeout(resolve, PAUSE));
  if (typed !== lastTyped || typed.trim().length < 3) return;
  const lessons = new Server(await settings());
  const found = await server().then((allowed) => allowed.search(typed, 5)).then((answer) => hits(answer?.hits), () => []);
  suggest(found.map(({ document }) => ({ content: lessons.documentAddress(document.id), description: asXml(document.title) })));
});

chrome.omnibox.onInputEntered.addListener(async (typed) => {
  const lessons = new Server(await settings());
  if (!lessons.address) return chrome.runtime.openOptionsPage();
  chrome.tabs.update({ url: typed.startsWith(`${lessons.address}/documents/`) ? typed : lessons.searchAddress(typed) });
});

function asXml(title) {
  return title.replace(/[<>&"']/g, (letter) => `&#${letter.charCodeAt(0)};`).replace(/[\p{Cc}\p{Cs}]/gu, " ");
}

close();
