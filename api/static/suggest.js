// Help under the search box: how the query may go on. Arrows choose, Enter takes, Escape closes.
// The box works the same without this file.

const input = document.getElementById("q");
const list = document.createElement("ul");
const WAIT = 120, LONGEST = 200;
let choices = [], chosen = -1, timer, asked;

function show(found) {
  choices = found;
  list.replaceChildren(...found.map((one, place) => {
    const option = document.createElement("li");
    option.id = `choice-${place}`;
    option.setAttribute("role", "option");
    option.append(one.text, Object.assign(document.createElement("span"), { textContent: one.kind }));
    option.addEventListener("click", () => take(one));
    return option;
  }));
  list.hidden = !found.length;
  input.setAttribute("aria-expanded", String(!list.hidden));
  choose(-1);
}

function choose(place) {
  chosen = place;
  [...list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === place)));
  if (place < 0) input.removeAttribute("aria-activedescendant");
  else input.setAttribute("aria-activedescendant", `choice-${place}`);
  list.children[place]?.scrollIntoView({ block: "nearest" });
}

function take(one) {
  close();
  if (one.document_id) {
    location.href = `/documents/${encodeURIComponent(one.document_id)}`;
  } else {
    input.value = `${one.query} `;
    input.focus();
  }
}

function close() {
  clearTimeout(timer);
  asked?.abort();
  show([]);
}

async function ask() {
  asked?.abort();
  asked = new AbortController();
  const typed = input.value;
  try {
    const answer = await fetch(`/v1/suggest?q=${encodeURIComponent(typed)}`, { signal: asked.signal });
    if (answer.ok && typed === input.value) show((await answer.json()).completions);
  } catch (error) {
    if (error.name !== "AbortError" && !(error instanceof TypeError)) throw error;  // TypeError: no connection
  }
}

function typing() {
  clearTimeout(timer);
  if (input.value.trim().length < 2 || input.value.length > LONGEST) close();
  else timer = setTimeout(ask, WAIT);
}

function key(event) {
  if (list.hidden || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key in steps) choose((chosen + 1 + steps[event.key] + choices.length + 1) % (choices.length + 1) - 1);
  else if (event.key === "Enter" && chosen >= 0) take(choices[chosen]);
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

if (input) {
  Object.assign(list, { id: "choices", className: "choices", hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Ways to go on");
  list.addEventListener("mousedown", (event) => event.preventDefault());  // the box keeps the focus
  input.form.append(list);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", "choices");
  input.setAttribute("aria-expanded", "false");
  input.addEventListener("input", typing);
  input.addEventListener("keydown", key);
  input.addEventListener("blur", close);
  input.form.addEventListener("submit", close);
}

// The help closes like a menu.
const help = document.querySelector(".help");
document.addEventListener("click", (event) => { if (help?.open && !help.contains(event.target)) help.open = false; });
help?.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  help.open = false;
  help.querySelector("summary").focus();
});
