// Reads a tab, and shows sentences in it. Scripts come into a page only here.

import { whyClosed } from "./modes.js";

const PATIENCE = 10_000;
const LONGEST = 60_000;  // letters of all frames together

export class Unreadable extends Error {
  constructor(reason, words) {
    super(words);
    this.reason = reason;  // closed | unasked | empty | stuck
  }
}

// { title, url, text, selection, pdf } of a tab, its frames of the same site included.
export async function readTab(tabId) {
  const { url } = await chrome.tabs.get(tabId);
  const closed = whyClosed(url);
  if (closed) throw new Unreadable("closed", closed);
  const frames = await inject(tabId, ["reading.js", "page.js"]);
  const pages = frames.map((frame) => frame.result).filter(Boolean);
  if (!pages.length) throw new Unreadable("closed", "The browser lets no extension read this page.");
  return together(pages);
}

// One page out of its frames: the page's own text first; the selection of whichever has one.
export function together(pages) {
  return {
    ...pages[0],
    selection: pages.find((page) => page.selection)?.selection ?? "",
    text: pages.map((page) => page.text).filter(Boolean).join("\n\n").slice(0, LONGEST),
  };
}

// Scrolls to a sentence and paints it; false if it stands there no more.
export async function showSentence(tabId, sentence) {
  const target = { tabId, allFrames: true };
  await inject(tabId, ["reading.js", "highlight.js"]);
  await chrome.scripting.insertCSS({ target, css: "::highlight(lessonry) { background: #ffe98f; color: #17211f; }" });
  const found = await chrome.scripting.executeScript({ target, func: (text) => paintSentence(text), args: [sentence] });
  return found.some((frame) => frame.result);
}

async function inject(tabId, files) {
  let tired;
  const stuck = new Promise((_, reject) => {
    tired = setTimeout(() => reject(new Unreadable("stuck", "This page does not answer. Try again when it has come to rest.")), PATIENCE);
  });
  try {
    return await Promise.race([chrome.scripting.executeScript({ target: { tabId, allFrames: true }, files }), stuck]);
  } catch (error) {
    if (error instanceof Unreadable) throw error;
    if (/permission|activeTab|host/i.test(error.message)) {
      throw new Unreadable("unasked", "Click the Lessonry icon in the toolbar (or press Alt+Shift+L) to look at this page.");
    }
    throw new Unreadable("closed", "The browser lets no extension read this page.");
  } finally {
    clearTimeout(tired);
  }
}
