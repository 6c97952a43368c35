// Puts the items of a collection in order by drag and by keyboard: space takes hold, arrows move, space lets go,
// Escape puts back. Every move is also a plain button, so the page works without this file.

const announce = document.querySelector("[data-announce]");
const lists = [...document.querySelectorAll(".arranging")];
const csrf = document.querySelector('input[name="csrf"]')?.value ?? "";
let held = null; // { item, list, next }: what is being moved, and where it stood

const items = () => [...document.querySelectorAll(".item")];
const sectionOf = (item) => item.closest("[data-section]").dataset.section;
const placeOf = (item) => Number(lists[0].dataset.offset) + items().indexOf(item);

function say(words) {
  announce.textContent = words;
}

function where(item) {
  const section = sectionOf(item);
  return `place ${placeOf(item) + 1}${section ? `, section ${section}` : ""}`;
}

function number() {
  const offset = Number(lists[0].dataset.offset);
  items().forEach((item, index) => { item.querySelector(".place").textContent = offset + index + 1; });
}

function take(item) {
  held = { item, list: item.parentElement, next: item.nextElementSibling };
  item.classList.add("held");
  item.querySelector(".grip").setAttribute("aria-pressed", "true");
}

function letGo() {
  held.item.classList.remove("held");
  held.item.querySelector(".grip").setAttribute("aria-pressed", "false");
  held = null;
}

function putBack() {
  held.list.insertBefore(held.item, held.next);
  number();
  letGo();
}

function step(item, by) {
  const list = item.parentElement;
  const neighbour = by < 0 ? item.previousElementSibling : item.nextElementSibling;
  const other = lists[lists.indexOf(list) + by];
  if (neighbour) list.insertBefore(by < 0 ? item : neighbour, by < 0 ? neighbour : item);
  else if (other) by < 0 ? other.append(item) : other.prepend(item);
  number();
}

async function save(item) {
  const body = new URLSearchParams({ csrf, position: placeOf(item), section: sectionOf(item) });
  letGo();
  try {
    const answer = await fetch(item.dataset.action, { method: "POST", body });
    if (!answer.ok) throw new Error(answer.statusText);
    say(`${item.dataset.title}, put down at ${where(item)}`);
  } catch {
    say("It could not be moved: somebody else changed the collection. The page is shown anew.");
    location.reload();
  }
}

function onKey(event) {
  const item = event.target.closest(".item");
  if (event.key === " " || event.key === "Enter") {
    if (held) save(held.item);
    else {
      take(item);
      say(`${item.dataset.title}, taken at ${where(item)}. Arrows move it, space puts it down, Escape puts it back.`);
    }
  } else if (held && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
    step(item, event.key === "ArrowUp" ? -1 : 1);
    event.target.focus();
    say(`${item.dataset.title}, ${where(item)} of ${items().length}`);
  } else if (held && event.key === "Escape") {
    putBack();
    event.target.focus();
    say("Put back where it was.");
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

function under(y) {
  return items().find((one) => one !== held.item && y < one.getBoundingClientRect().top + one.offsetHeight / 2);
}

function onMove(event) {
  if (!held) return;
  const list = lists.findLast((one) => one.closest("[data-section]").getBoundingClientRect().top <= event.clientY) ?? lists[0];
  const before = under(event.clientY);
  list.insertBefore(held.item, before?.parentElement === list ? before : null);
  number();
}

for (const grip of document.querySelectorAll(".grip")) {
  grip.hidden = false;
  grip.addEventListener("keydown", onKey);
  grip.addEventListener("pointerdown", (event) => {
    if (held || event.button !== 0) return;
    event.preventDefault();
    grip.focus();
    take(grip.closest(".item"));
    const moved = (again) => onMove(again);
    const done = (again) => {
      removeEventListener("pointermove", moved);
      removeEventListener("pointerup", done);
      removeEventListener("pointercancel", done);
      if (held) again.type === "pointerup" ? save(held.item) : putBack();
    };
    addEventListener("pointermove", moved);
    addEventListener("pointerup", done);
    addEventListener("pointercancel", done);
  });
}
