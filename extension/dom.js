// Elements made of text: nothing that comes from a server or a page is ever read as HTML.

export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key.includes("-") || key === "for") made.setAttribute(key, value);
    else made[key] = value;
  }
  made.append(...children.filter((child) => child != null && child !== false));
  return made;
}

// A link that opens a tab; plain text where the address is not one of the web.
export function link(address, text, properties = {}) {
  if (!isWeb(address)) return element("span", properties, text);
  return element("a", { ...properties, href: address, target: "_blank", rel: "noopener noreferrer" }, text);
}

export function isWeb(address) {
  return URL.canParse(address) && ["http:", "https:"].includes(new URL(address).protocol);
}

const ENTITIES = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#x27;": "'", "&amp;": "&" };

// The server's snippet, escaped HTML whose only tag is <mark>, as pieces: [text, is it marked?].
export function pieces(snippet) {
  return snippet.split(/<mark>(.*?)<\/mark>/s)
    .map((text, place) => [text.replace(/&(?:lt|gt|quot|#x27|amp);/g, (entity) => ENTITIES[entity]), place % 2 === 1])
    .filter(([text]) => text);
}
