// Keys for those who like them: "/" to the search box, j and k or the arrows from hit to hit.
// w opens the reasons of the hit at hand, "?" the sheet of keys. Every page works without this file.

const box = document.getElementById("q");
const hits = [...document.querySelectorAll(".hits h2 a")];
const sheet = document.getElementById("keys");

function move(step) {
  const here = hits.indexOf(document.activeElement?.closest(".hit")?.querySelector("h2 a"));
  const next = hits[here < 0 ? (step > 0 ? 0 : -1) : here + step];
  if (next) {
    next.focus({ preventScroll: true });
    next.closest(".hit").scrollIntoView({ block: "nearest" });
  } else if (step < 0) {
    box?.focus();
  }
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || sheet.open) return;
  const typing = event.target.matches("input, textarea, select, [contenteditable]");
  const onHit = hits.includes(event.target);
  const why = document.activeElement?.closest(".hit")?.querySelector(".why");
  if (event.key === "?" && !typing) {
    sheet.showModal();
  } else if (event.key === "w" && !typing && why) {
    why.open = !why.open;
  } else if (event.key === "/" && !typing && box) {
    box.focus();
    box.select();
  } else if (event.key === "Escape" && event.target === box) {
    box.blur();
    return;
  } else if ((event.key === "j" && !typing) || (event.key === "ArrowDown" && hits.length && (onHit || event.target === box))) {
    move(1);
  } else if ((event.key === "k" && !typing) || (event.key === "ArrowUp" && onHit)) {
    move(-1);
  } else {
    return;
  }
  event.preventDefault();
});

document.querySelector(".keys")?.removeAttribute("hidden");

// The menu closes like one.
const menu = document.querySelector(".menu");
document.addEventListener("click", (event) => { if (!menu.contains(event.target)) menu.open = false; });
menu.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// Where style sheets cannot keep the filters open beside the results, this does.
const filters = document.querySelector(".filters > details");
if (filters && !CSS.supports("selector(::details-content)")) {
  const wide = matchMedia("(min-width: 60rem)");
  const set = () => { filters.open = wide.matches; };
  wide.addEventListener("change", set);
  set();
}
