// What the person has set; kept in the extension's own storage, which no page can read.

export const DEFAULTS = {
  server: "",        // https://lessons.example.org
  token: "",
  where: "full",     // where the text of a page goes that is looked at on click: full | private
  sites: {},         // "https://wiki.example.org" -> { mode: "off" | "automatic", where: "private" | "full" }
};

export async function settings() {
  return { ...DEFAULTS, ...await chrome.storage.local.get(Object.keys(DEFAULTS)) };
}

export function change(changes) {
  return chrome.storage.local.set(changes);
}

// Only the extension's own pages may read the storage; scripts in pages may not.
export function close() {
  return chrome.storage.local.setAccessLevel?.({ accessLevel: "TRUSTED_CONTEXTS" });
}

export function clear() {
  return Promise.all([chrome.storage.local.clear(), chrome.storage.session.clear()]);
}
