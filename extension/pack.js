// Matching of pages with the lessons of a pack, in the browser: nothing leaves it. Pure functions, for a worker or node.
// It does what search/pack_matching.py does, to the letter; tests hold the two against each other.

import { canonical } from "./addresses.js";
import { readPack } from "./packfile.js";
import { stems } from "./stems.js";
import { tokenizer } from "./wordpiece.js";

export { PackError } from "./packfile.js";

const BLANKS = /[ \t\r\f\v\u00a0]+/g;
const END = /(?<=[.!?]) /;
const MARKS = /^[ #>*\-•|`]+|[ #>*\-•|`]+$/g;
const LONGEST_PAGE = 400_000;
const PASSAGE = 90, MOST_PASSAGES = 12, LEAD = 4;
const READ = 4_000, MOST_WORDS = 64, MOST_OFTEN = 2, SEEN = 254;
const CANDIDATES = 100;
const WORDS = 0.7, BELOW = 0.25, BALANCE = 0.85, COPIED = 0.7;

/** A pack ready for `match`; its `lessons` are the documents. PackError if the bytes cannot be read. */
export async function openPack(bytes) {
  const { told, sections } = await readPack(bytes);
  const starts = ends(sections.unit_counts);
  return {
    told,
    lessons: sections.lessons,
    sentences: sections.sentences,
    cut: tokenizer(sections.pieces),
    table: sections.table,
    scales: sections.scales,
    units: sections.units,
    lengths: lengths(sections.units, told.dimension),
    starts,
    addresses: sections.lessons.map(({ url }) => url && canonical(url)),
    ignored: new Set(sections.ignored),
    numbers: new Map(sections.stems.map((stem, number) => [stem, number])),
    names: sections.stems,
    rarity: sections.rarity,
    postings: ends(sections.stem_counts),
    places: places(sections.gaps, sections.stem_counts),
    weights: sections.weights,
  };
}

/** Suggestions for a page { url, title, text }, best first, in the shape of the server's; none where nothing is near. */
export function match(pack, page, limit = 5) {
  const title = page.title ?? "";
  const sentences = sentencesOf((page.text ?? "").slice(0, LONGEST_PAGE));
  const passages = sentences.length ? telling(packed(sentences)) : title.trim() ? [[title]] : [];
  if (!passages.length || !pack.lessons.length) return [];
  const read = [title, ...first(sentences)].join("\n");
  const words = byWords(pack, read);
  const near = nearest(pack, [vector(pack, read, SEEN)]);
  const candidates = [...new Set([...best(words), ...best(near)])];
  const ties = nearest(pack, passages.map((one) => vector(pack, `${title}\n${one.join(" ")}`)), candidates);
  const scores = scored(words, near, ties);
  const address = canonical(page.url ?? "");
  const whole = ` ${sentences.join(" ")} `;
  const byScore = (one, other) => scores[other] - scores[one] || one - other;
  const kept = candidates
    .filter((place) => ties[place] >= pack.told.floor && scores[place] > 0)
    .filter((place) => !(address && pack.addresses[place] === address) && !isCopy(pack, place, whole))
    .sort(byScore)
    .slice(0, 4 * limit + 4);
  return told(pack, diverse(pack, kept, scores, limit).sort(byScore), scores, passages.flat());
}

/** The sentences of a text, line by line, without the marks of headings and lists. */
export function sentencesOf(text) {
  return text
    .split("\n")
    .flatMap((line) => line.replace(BLANKS, " ").replace(MARKS, "").split(END))
    .filter(Boolean);
}

/** Sentences in passages. */
export function packed(sentences) {
  const passages = [];
  let weight = PASSAGE;
  for (const sentence of sentences) {
    if (weight >= PASSAGE) {
      passages.push([]);
      weight = 0;
    }
    passages.at(-1).push(sentence);
    weight += weightOf(sentence);
  }
  return passages;
}

function telling(passages) {
  if (passages.length <= MOST_PASSAGES) return passages;
  const rest = passages.slice(LEAD);
  const wanted = MOST_PASSAGES - LEAD;
  const chosen = Array.from({ length: wanted }, (_, place) => rest[Math.floor((place * rest.length) / wanted)]);
  return [...passages.slice(0, LEAD), ...chosen];
}

function weightOf(sentence) {
  return sentence.split(" ").length;
}

function first(sentences) {
  let words = 0;
  const end = sentences.findIndex((sentence) => {
    if (words >= READ) return true;
    words += weightOf(sentence);
    return false;
  });
  return end < 0 ? sentences : sentences.slice(0, end);
}

/** How much the words of a text weigh in each lesson, as in the server's full text. */
function byWords(pack, text) {
  const counts = new Map();
  for (const stem of stems(text)) {
    const number = pack.ignored.has(stem) ? undefined : pack.numbers.get(stem);
    if (number !== undefined) counts.set(number, (counts.get(number) ?? 0) + 1);
  }
  const asked = [...counts].map(([number, count]) => [number, Math.min(count, MOST_OFTEN) * pack.rarity[number]]);
  asked.sort(([one, weight], [other, heavier]) => heavier - weight || one - other);
  const scores = new Float64Array(pack.lessons.length);
  for (const [number, weight] of asked.slice(0, MOST_WORDS)) {
    for (let at = pack.postings[number]; at < pack.postings[number + 1]; at++) {
      scores[pack.places[at]] += weight * (pack.weights[at] / pack.told.steps);
    }
  }
  return scores;
}

/** The weighted mean of the pieces of a text, at length one. */
function vector({ cut, table, scales, told: { dimension } }, text, most = Infinity) {
  const sum = new Float64Array(dimension);
  for (const id of cut(text).slice(0, most)) {
    const row = id * dimension;
    const scale = scales[id];
    for (let k = 0; k < dimension; k++) sum[k] += table[row + k] * scale;
  }
  const length = Math.max(Math.hypot(...sum), 1e-12);
  return sum.map((value) => value / length);
}

/** The greatest cosine of any of the vectors to any unit of each lesson, of those in `among` if that is given. */
function nearest(pack, vectors, among) {
  const { units, lengths, starts, told: { dimension } } = pack;
  const near = new Float64Array(pack.lessons.length).fill(-1);
  const look = (place) => {
    for (let unit = starts[place]; unit < starts[place + 1]; unit++) {
      const row = unit * dimension;
      for (const one of vectors) {
        let product = 0;
        for (let k = 0; k < dimension; k++) product += units[row + k] * one[k];
        near[place] = Math.max(near[place], product / lengths[unit]);
      }
    }
  };
  if (among) among.forEach(look);
  else for (let place = 0; place < near.length; place++) look(place);
  return near;
}

function best(scores) {
  const rounded = scores.map((score) => Math.floor(score * 1e6 + 0.5));
  return [...scores.keys()]
    .filter((place) => scores[place] > 0)
    .sort((one, other) => rounded[other] - rounded[one] || one - other)
    .slice(0, CANDIDATES);
}

function scored(words, near, ties) {
  const mostWords = Math.max(most(words), 1e-12);
  const mostNear = Math.max(most(near), 1e-12);
  return words.map((weight, place) => {
    const close = (WORDS * weight) / mostWords + ((1 - WORDS) * Math.max(near[place], 0)) / mostNear;
    return Math.floor(Math.max(close * Math.min(1, mostNear), BELOW * ties[place]) * 1e4 + 0.5) / 1e4;
  });
}

function most(values) {
  return values.reduce((one, other) => Math.max(one, other), -Infinity);
}

function isCopy(pack, place, page) {
  const theirs = pack.sentences[place];
  const there = theirs.filter((sentence) => page.includes(sentence.replace(BLANKS, " "))).length;
  return theirs.length > 0 && there >= COPIED * theirs.length;
}

/** Maximal marginal relevance, as search/ranking.py has it. */
function diverse(pack, kept, scores, limit) {
  const greatest = kept.length ? scores[kept[0]] : 1;
  const left = [...kept];
  const taken = [];
  const alike = new Map(kept.map((place) => [place, 0]));
  while (left.length && taken.length < limit) {
    const gain = (place) => (BALANCE * scores[place]) / greatest - (1 - BALANCE) * alike.get(place);
    const chosen = left.reduce((one, other) => (gain(other) > gain(one) ? other : one));
    left.splice(left.indexOf(chosen), 1);
    taken.push(chosen);
    for (const place of left) {
      const near = similarity(pack, place, chosen);
      alike.set(place, taken.length === 1 ? near : Math.max(alike.get(place), near));
    }
  }
  return taken;
}

function similarity(pack, one, other) {
  const vectors = [];
  for (let unit = pack.starts[other]; unit < pack.starts[other + 1]; unit++) {
    const row = pack.units.subarray(unit * pack.told.dimension, (unit + 1) * pack.told.dimension);
    vectors.push(Float64Array.from(row, (value) => value / pack.lengths[unit]));
  }
  return Math.max(0, nearest(pack, vectors, [one])[one]);
}

function told(pack, places, scores, sentences) {
  const yours = places.length ? sentences.map((sentence) => vector(pack, sentence)) : [];
  return places.map((place) => {
    const theirs = pack.sentences[place];
    const pair = { score: -Infinity, yours: sentences[0], theirs: theirs[0] ?? pack.lessons[place].title };
    for (const [mine, one] of yours.entries()) {
      for (const sentence of theirs) {
        const score = Math.round(dot(one, vector(pack, sentence)) * 1e6) / 1e6;
        if (score > pair.score) Object.assign(pair, { score, yours: sentences[mine], theirs: sentence });
      }
    }
    return { document: pack.lessons[place], score: scores[place], because: [{ ...pair, score: Math.max(0, pair.score) }] };
  });
}

function dot(one, other) {
  return one.reduce((sum, value, k) => sum + value * other[k], 0);
}

function lengths(units, dimension) {
  const found = new Float64Array(units.length / dimension);
  for (let at = 0; at < units.length; at++) found[Math.floor(at / dimension)] += units[at] * units[at];
  return found.map((sum) => Math.max(Math.sqrt(sum), 1e-12));
}

/** Where each run of so many ends, a zero before them. */
function ends(counts) {
  const found = new Uint32Array(counts.length + 1);
  counts.forEach((count, at) => (found[at + 1] = found[at] + count));
  return found;
}

/** Numbers of lessons from the distances between them, stem by stem. */
function places(gaps, counts) {
  const found = new Uint32Array(counts.reduce((sum, count) => sum + count, 0));
  let byte = 0;
  let at = 0;
  for (const count of counts) {
    let before = -1;
    for (let n = 0; n < count; n++) {
      let gap = 0;
      for (let shift = 0; ; shift += 7) {
        gap |= (gaps[byte] & 127) << shift;
        if (gaps[byte++] < 128) break;
      }
      before += gap + 1;
      found[at++] = before;
    }
  }
  return found;
}
