// A lesson as a card of the panel.

import { ask } from "./ask.js";
import { element, link, pieces } from "./dom.js";

const VERDICTS = { useful: "Useful", "not-useful": "Not useful", "already-knew": "Knew it" };
const OLD = ["superseded", "obsolete"];

// `context` is what the verdict is about: { context: "related" | "search", url | query }.
export function card({ document, because = [], snippet, passage }, { server, context, show }) {
  const place = because[0]?.passage || passage;
  const address = `${server}/documents/${encodeURIComponent(document.id)}${place ? `#p${place}` : ""}`;
  return element("li", {},
    element("p", { className: "eyebrow" }, [document.kind, document.organization, document.published].filter(Boolean).join(" · ")),
    element("h2", {}, link(address, document.title)),
    facts(document),
    because.length ? reason(because[0], show) : null,
    snippet ? element("p", { className: "snippet" }, ...pieces(snippet).map(([text, marked]) => (marked ? element("mark", {}, text) : text))) : null,
    acts(document, context),
  );
}

function facts({ state, open }) {
  const said = [
    state && element("li", { className: OLD.includes(state) ? "old" : "" }, state),
    open && element("li", { className: "open" }, `${open} open action ${open === 1 ? "item" : "items"}`),
  ].filter(Boolean);
  return said.length ? element("ul", { className: "facts" }, ...said) : null;
}

function reason({ yours, theirs }, show) {
  return element("div", { className: "because" },
    yours ? element("button", { type: "button", title: "Show it in the page", onclick: () => show(yours) }, element("b", {}, "This page"), yours) : null,
    theirs ? element("p", {}, element("b", {}, "The lesson"), theirs) : null);
}

function acts(document, context) {
  const said = element("p", { className: "said", role: "status" });
  const buttons = Object.entries(VERDICTS).map(([verdict, label]) => element("button", {
    type: "button", "aria-pressed": "false",
    onclick: async ({ currentTarget: button }) => {
      try {
        await ask("feedback", { verdict: { document_id: document.id, verdict, ...context } });
        buttons.forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
        said.textContent = "Noted, thank you.";
      } catch (error) {
        said.textContent = error.message;
      }
    },
  }, label));
  const more = element("button", { type: "button", "aria-expanded": "false" }, "Collect…");
  const all = element("div", { className: "acts" }, ...buttons, more, said);
  const holder = element("div", {}, all);
  more.addEventListener("click", () => toggleCollect(document, holder, more, said));
  return holder;
}

async function toggleCollect(document, holder, more, said) {
  const form = holder.querySelector("form");
  more.setAttribute("aria-expanded", String(!form));
  if (form) return form.remove();
  try {
    const collections = await ask("collections");
    if (!collections.length) {
      said.textContent = "There is no collection yet; make one on your server.";
      return;
    }
    holder.append(collectForm(document, collections, more, said));
    holder.querySelector("select").focus();
  } catch (error) {
    said.textContent = error.message;
  }
}

function collectForm(document, collections, more, said) {
  const choice = element("select", {}, ...collections.map(({ slug, title }) => element("option", { value: slug }, title)));
  const note = element("textarea", { rows: 2, maxLength: 20_000 });
  const form = element("form", {
    className: "collect",
    onsubmit: async (event) => {
      event.preventDefault();
      try {
        await ask("collect", { slug: choice.value, item: { document_id: document.id, note: note.value } });
        said.textContent = `Added to ${choice.selectedOptions[0].text}.`;
        form.remove();
        more.setAttribute("aria-expanded", "false");
      } catch (error) {
        said.textContent = error.message;
      }
    },
  },
  element("label", { className: "field" }, "Collection", choice),
  element("label", { className: "field" }, "Why here?", note),
  element("div", {}, element("button", { className: "main" }, "Add")));
  return form;
}
