// Permissions for one host at a time: asked for when a person wants it, given back when no longer needed.

import { Server, ServerError } from "./api.js";
import { AUTOMATIC, patternOf } from "./modes.js";
import { change, settings } from "./settings.js";

// Asks the person; call it at once upon a click, for browsers ask at no other time.
export function grant(site) {
  return chrome.permissions.request({ origins: [patternOf(site)] });
}

// The server of the settings; not without the browser's leave, which a person can take back at any time.
export async function allowedServer() {
  const set = await settings();
  if (set.server && !await isAllowed(set.server)) {
    throw new ServerError("permission", "The browser does not let your server be asked any more. Press Connect and test in the settings.");
  }
  return new Server(set);
}

// A person has taken back what the browser asked them for: such sites wait for a click again.
export async function forgetTaken() {
  const { sites } = await settings();
  const kept = {};
  for (const [site, set] of Object.entries(sites)) {
    if (set.mode !== AUTOMATIC || await isAllowed(site)) kept[site] = set;
  }
  if (Object.keys(kept).length < Object.keys(sites).length) await change({ sites: kept });
}

function isAllowed(site) {
  return chrome.permissions.contains({ origins: [patternOf(site)] });
}

// Gives back every host but those of the server and of the sites that are looked at by themselves.
export async function giveBack() {
  const { server, sites } = await settings();
  const needed = [server, ...Object.keys(sites).filter((site) => sites[site].mode === AUTOMATIC)].filter(Boolean).map(patternOf);
  const { origins = [] } = await chrome.permissions.getAll();
  const left = origins.filter((pattern) => !needed.includes(pattern));
  if (left.length) await chrome.permissions.remove({ origins: left });
}
