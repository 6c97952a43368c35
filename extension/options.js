// The settings: one screen.

import { ask } from "./ask.js";
import { serverAddress } from "./api.js";
import { element } from "./dom.js";
import { AUTOMATIC, ON_CLICK, PRIVATE } from "./modes.js";
import { grant } from "./permissions.js";
import { change, settings } from "./settings.js";

const at = (id) => document.getElementById(id);

async function render() {
  const set = await settings();
  at("server").value = set.server;
  at("token").value = set.token;
  at(set.where).checked = true;
  at("none").hidden = Object.keys(set.sites).length > 0;
  at("sites").replaceChildren(...Object.entries(set.sites).map(([site, { mode, where }]) => element("li", {},
    element("span", {}, site),
    element("span", { className: "small" }, mode === AUTOMATIC ? `always, ${where === PRIVATE ? "in the browser" : "by the server"}` : "off"),
    element("button", { type: "button", "aria-label": `On click again: ${site}`, onclick: () => onClickAgain(site) }, "On click again"))));
  await showPack(set);
}

async function showPack({ server }) {
  at("update").disabled = !server;
  try {
    const pack = await ask("pack");
    say("pack", pack ? `${pack.lessons} ${pack.lessons === 1 ? "lesson" : "lessons"} in this browser, as of ${new Date(pack.at).toLocaleString()}` : "No pack is here yet.");
  } catch (error) {
    say("pack", error.message, true);
  }
}

function say(id, words, bad = false) {
  at(id).textContent = words;
  at(id).classList.toggle("bad", bad);
}

async function connect(event) {
  event.preventDefault();
  try {
    const address = serverAddress(at("server").value);
    if (!await grant(address)) {
      return say("connected", "Without the permission for its address your server cannot be asked.", true);
    }
    say("connected", "Asking…");
    const { name, scopes, open } = await ask("connect", { address, token: at("token").value });
    say("connected", open ? OPEN : `Connected as ${name}. ${allowed(scopes)}`);
    await update();
  } catch (error) {
    say("connected", error.message, true);
  }
}

const OPEN = "Connected. You may read and give feedback; to collect and to save pages, make a token.";
const DEEDS = { read: "read and give feedback", curate: "collect", ingest: "save pages" };

function allowed(scopes) {
  const deeds = Object.keys(DEEDS).filter((scope) => scopes.includes(scope) || scopes.includes("admin")).map((scope) => DEEDS[scope]);
  return deeds.length ? `You may ${deeds.join(", ")}.` : "A token is needed to do anything here.";
}

async function update() {
  say("pack", "Fetching…");
  try {
    await ask("updatePack");
    await render();
  } catch (error) {
    say("pack", error.message, true);
  }
}

async function onClickAgain(site) {
  await ask("mode", { site, mode: ON_CLICK });
  await render();
}

async function clear() {
  await ask("forget");
  await render();
  say("connected", "Everything is cleared.");
}

at("connection").addEventListener("submit", connect);
at("update").addEventListener("click", update);
at("forget").addEventListener("click", clear);
document.querySelectorAll("[name=where]").forEach((one) => one.addEventListener("change", () => change({ where: one.value })));
await render();
