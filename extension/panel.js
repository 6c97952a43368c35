// The side panel: what bears on the page in the active tab; a search; what one can do with the page.

import { ask } from "./ask.js";
import { card } from "./cards.js";
import { element, link } from "./dom.js";
import { AUTOMATIC, modeOf } from "./modes.js";
import { grant } from "./permissions.js";
import { settings } from "./settings.js";

const at = (id) => document.getElementById(id);
const fixed = Number(new URLSearchParams(location.search).get("tab")) || null;  // opened as a page of its own, for one tab
let tab = fixed, shown = { status: "new" }, searching = false;

const WHERE = {
  full: "Asked your server",
  private: "Matched in this browser; nothing was sent",
  nowhere: "Nothing was read",
};

async function follow() {
  if (!fixed) [{ id: tab } = {}] = await chrome.tabs.query({ active: true, currentWindow: true });
  const key = `tab:${tab}`;
  shown = (await chrome.storage.session.get(key))[key] ?? { status: "new" };
  if (!searching) await render();
}

async function render() {
  const set = await settings();
  const { status, page, suggestions = [], words = "", where } = shown;
  at("about").hidden = !page;
  at("look").hidden = status === "new";
  at("for").textContent = page?.selected ? "Lessons for your selection in" : "Lessons for this page";
  at("title").textContent = page?.title ?? "";
  at("where").textContent = status === "looking" ? "Looking…" : WHERE[where] ?? "";
  showMode(set, page);
  notice(status === "failed" || words ? words : "", status === "failed" || (words && where !== "nowhere"));
  at("found").setAttribute("aria-busy", String(status === "looking"));
  const context = { context: "related", ...(where === "full" && page?.url && { url: page.url }) };
  list(suggestions.map((one) => card(one, { server: set.server, context, show })));
  if (!set.server) empty("Connect your Lessonry server to begin.", ["Open the settings", openSettings]);
  else if (status === "new") empty("See what your organisation has already learned about this page.", ["Look at this page", look]);
  else if (status === "looking" && !suggestions.length) empty("Looking…");
  else if (status === "done" && where !== "nowhere" && !suggestions.length) empty("Nothing we have learned bears on this page.");
}

function list(cards) {
  at("found").replaceChildren(...cards);
  at("empty").hidden = true;
}

function empty(words, action) {
  at("empty").replaceChildren(element("p", {}, words), ...(action ? [element("button", { className: "main", onclick: action[1] }, action[0])] : []));
  at("empty").hidden = false;
}

function notice(words, bad = false, ...more) {
  at("notice").replaceChildren(...(words ? [element("p", { className: bad ? "notice bad" : "notice" }, words, ...more)] : []));
}

function showMode(set, page) {
  at("mode").hidden = !page?.site;
  if (!page?.site) return;
  const { mode, where } = modeOf(set, page.url);
  at("mode").value = mode === AUTOMATIC ? `${mode} ${where}` : mode;
  at("mode").title = `On ${page.site}`;
}

// The browser asks the person for this one site; without its word nothing is read by itself.
async function changeMode() {
  const { site } = shown.page;
  const [mode, where] = at("mode").value.split(" ");
  if (mode === AUTOMATIC && !await grant(site)) {
    notice("Without the permission for this site it is looked at on click only.");
    return showMode(await settings(), shown.page);
  }
  await ask("mode", { site, mode, where });
  await look();
}

async function look() {
  searching = false;
  at("q").value = "";
  await attempt(() => ask("look", { tab }));
}

async function show(sentence) {
  await attempt(async () => {
    const found = await ask("show", { tab, sentence });
    notice(found ? "" : "This sentence stands no more on the page.");
  });
}

async function search(event) {
  event.preventDefault();
  const q = at("q").value.trim();
  searching = Boolean(q);
  if (!q) return follow();
  await attempt(async () => {
    at("found").setAttribute("aria-busy", "true");
    const [{ server }, hits] = [await settings(), await ask("search", { q })];
    at("about").hidden = true;
    notice("");
    list(hits.map((one) => card(one, { server, context: { context: "search", query: q }, show })));
    if (!hits.length) empty("Nothing was found.");
  });
  at("found").setAttribute("aria-busy", "false");
}

async function save() {
  await attempt(async () => {
    notice("Saving…");
    let job = await ask("save", { tab });
    for (let turn = 0; turn < 60 && ["queued", "running"].includes(job.status); turn++) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      job = await ask("job", { id: job.id });
    }
    if (job.status === "done" && job.item?.id) await saved("Saved: ", job.item.id, job.item.title);
    else if (job.status === "done" || job.status === "failed") notice(job.words || "Your server could not save this page.", true);
    else notice("Your server is still at work on it.");
  });
}

async function saved(words, id, title) {
  const { server } = await settings();
  notice(words, false, link(`${server}/documents/${encodeURIComponent(id)}`, title || "open it"));
}

function writing(on) {
  at("moment").hidden = !on;
  at("write").setAttribute("aria-expanded", String(on));
  if (on) at("happened").focus();
}

async function keepMoment(event) {
  event.preventDefault();
  await attempt(async () => {
    const moment = {
      happened: at("happened").value, learned: at("learned").value, audience: at("who").value,
      ...(shown.page?.url && { url: shown.page.url }),
    };
    const id = await ask("moment", { moment });
    at("moment").reset();
    writing(false);
    await saved("Kept: ", id, "your learning moment");
  });
}

async function attempt(action) {
  try {
    await action();
  } catch (error) {
    notice(error.message, true);
  }
}

function openSettings() {
  chrome.runtime.openOptionsPage();
}

at("search").addEventListener("submit", search);
at("q").addEventListener("search", (event) => at("q").value || search(event));  // the cross in the field
at("settings").addEventListener("click", openSettings);
at("mode").addEventListener("change", () => attempt(changeMode));
at("look").addEventListener("click", look);
at("save").addEventListener("click", save);
at("write").addEventListener("click", () => writing(at("moment").hidden));
at("cancel").addEventListener("click", () => writing(false));
at("moment").addEventListener("submit", keepMoment);
chrome.storage.onChanged.addListener((changes, area) => {  // what other tabs find must not close a form here
  if (area === "local" || `tab:${tab}` in changes) follow();
});
chrome.tabs.onActivated.addListener(follow);
await follow();
