// Permissions for one host at a time: asked for when a person wants it, given back when no longer needed.

import { AUTOMATIC, patternOf } from "./modes.js";
import { settings } from "./settings.js";

// Asks the person; call it at once upon a click, for browsers ask at no other time.
export function grant(site) {
  return chrome.permissions.request({ origins: [patternOf(site)] });
}

// Gives back every host but those of the server and of the sites that are looked at by themselves.
export async function giveBack() {
  const { server, sites } = await settings();
  const needed = [server, ...Object.keys(sites).filter((site) => sites[site].mode === AUTOMATIC)].filter(Boolean).map(patternOf);
  const { origins = [] } = await chrome.permissions.getAll();
  const left = origins.filter((pattern) => !needed.includes(pattern));
  if (left.length) await chrome.permissions.remove({ origins: left });
}
