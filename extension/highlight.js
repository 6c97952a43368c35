// Put into a page after reading.js: shows where a sentence stands. It paints; the page's own elements stay as they are.

globalThis.paintSentence = (sentence) => {
  const place = reading.find(document.body, sentence);
  if (!place) return false;
  const range = document.createRange();
  range.setStart(place[0], place[1]);
  range.setEnd(place[2], place[3]);
  CSS.highlights?.set("lessonry", new Highlight(range));
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  place[0].parentElement.scrollIntoView({ block: "center", behavior: still ? "auto" : "smooth" });
  return true;
};
