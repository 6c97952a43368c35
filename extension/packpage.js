// A page as a pack reads it: sentences, what each counts, parts, words. search/pack_page.py does it to the letter.

const BLANKS = /[ \t\r\f\v\u00a0]+/g;
const END = /(?<=[.!?]) /;
const PIECE = /[^]{1,400}(?: |$)|[^]{400}/gu; // a sentence; a longer one is cut at blanks, or anywhere if it has none
const MARKS = /^[ #>*\-•|`]+|[ #>*\-•|`]+$/g;
const LONGEST_PAGE = 400_000, LONGEST_WORDS = 20_000;
const PART = 900, MOST_PARTS = 12; // letters that stand together, and parts that are looked at
const LEAD = 1_800; // letters after which a sentence counts a third

/** What is looked at of a page; null if nothing stands there. The first `heads` sentences are its title. */
export function read(title, text) {
  const heads = sentencesOf(title);
  const body = sentencesOf(text.slice(0, LONGEST_PAGE));
  const every = placed([...heads, ...body]);
  if (!every.length) return null;
  const seen = new Set(evenly([...new Set(every.map(({ part }) => part))], MOST_PARTS));
  return {
    words: `${title}\n${text}`.slice(0, LONGEST_WORDS),
    whole: ` ${body.join(" ")} `,
    heads: heads.length,
    sentences: every.filter(({ part }) => seen.has(part)),
  };
}

/** The page as one vector, its beginning more than the rest, from those of its sentences. */
export function pageVector({ sentences }, vectors) {
  return unit(sentences.reduce((sum, { size, before }, at) => (
    plus(sum, vectors[at], Math.sqrt(size) * Math.exp(-before / LEAD))
  ), new Float64Array(vectors[0].length)));
}

/** The vectors of its parts. */
export function partVectors({ sentences }, vectors) {
  const sums = new Map();
  for (const [at, { size, part }] of sentences.entries()) {
    if (!sums.has(part)) sums.set(part, new Float64Array(vectors[0].length));
    plus(sums.get(part), vectors[at], Math.sqrt(size));
  }
  return [...sums.values()].map(unit);
}

/** A vector at length one; zeros stay zeros. */
export function unit(vector) {
  const length = Math.max(Math.hypot(...vector), 1e-12);
  return vector.map((value) => value / length);
}

/** The sentences of a text, line by line, without the marks of headings and lists. */
export function sentencesOf(text) {
  return text
    .split("\n")
    .flatMap((line) => line.replace(BLANKS, " ").replace(MARKS, "").split(END))
    .flatMap((sentence) => sentence.match(PIECE) ?? [])
    .map((piece) => piece.replace(/^ +| +$/g, ""))
    .filter(Boolean);
}

/** A text with its blanks as sentences have them. */
export function evenBlanks(text) {
  return text.replace(BLANKS, " ");
}

function placed(sentences) {
  let before = 0;
  return sentences.map((text) => {
    const one = { text, size: text.length, before, part: Math.floor(before / PART) };
    before += text.length;
    return one;
  });
}

/** The first ones, and an even choice of the rest. */
function evenly(places, most) {
  if (places.length <= most) return places;
  const lead = Math.floor(most / 3);
  const rest = places.slice(lead);
  const wanted = most - lead;
  const chosen = Array.from({ length: wanted }, (_, place) => rest[Math.floor((place * rest.length) / wanted)]);
  return [...places.slice(0, lead), ...chosen];
}

function plus(sum, vector, weight) {
  for (let k = 0; k < sum.length; k++) sum[k] += vector[k] * weight;
  return sum;
}
