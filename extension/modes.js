// What may be done with a page: the site's mode, and where its text goes. Pure functions.

export const ON_CLICK = "click", AUTOMATIC = "automatic", OFF = "off";
export const FULL = "full", PRIVATE = "private";

// The site of an address, as it is named in the settings; null for what is no page of the web.
export function siteOf(address) {
  if (!address || !URL.canParse(address)) return null;
  const { protocol, origin } = new URL(address);
  return protocol === "https:" || protocol === "http:" ? origin : null;
}

// What to ask the browser for: this one host (patterns name no port), with this one scheme.
export function patternOf(site) {
  const { protocol, hostname } = new URL(site);
  return `${protocol}//${hostname}/*`;
}

export function modeOf(settings, address) {
  return settings.sites[siteOf(address)] ?? { mode: ON_CLICK, where: settings.where };
}

// The sites with one of them set anew; what is as by default is not kept.
export function withSite(sites, site, mode, where = PRIVATE) {
  const { [site]: _, ...others } = sites;
  return mode === ON_CLICK ? others : { ...others, [site]: { mode, where } };
}

const STORES = ["chromewebstore.google.com", "addons.mozilla.org", "microsoftedge.microsoft.com"];

// Why a page cannot be read, in words; null where it may be tried.
export function whyClosed(address) {
  if (!address) return null;
  const { protocol, hostname } = new URL(address);
  if (STORES.includes(hostname)) return "Browsers keep extensions out of their store, so this page cannot be read.";
  if (protocol === "file:") return "A file of this machine is not read. Add it on your Lessonry server instead.";
  if (protocol === "https:" || protocol === "http:") return null;
  return "This is a page of the browser itself; extensions may not read it.";
}
