// Matching of pages with the lessons of a pack, in the browser: nothing leaves it. Pure functions, for a worker or node.
// It does what search/pack_matching.py does, to the letter; tests hold the two against each other.

import { canonical } from "./addresses.js";
import { readPack } from "./packfile.js";
import { evenBlanks, pageVector, partVectors, read, unit } from "./packpage.js";
import { stem, words as wordsOf } from "./stems.js";
import { tokenizer } from "./wordpiece.js";

export { PackError } from "./packfile.js";

const MOST_WORDS = 64, MOST_OFTEN = 2;
const CANDIDATES = 100, NEAREST = 5;
const WORDS = 0.5, LONG = 0.2, QUESTION = 12; // the share of words in a score; more of it for a long page
const DAMPED = 0.8; // the power of the share of familiar words
const BELOW = 0.25, ALIKE = 0.9, TOGETHER = 2, COPIED = 0.7;

/** A pack ready for `match`; its `lessons` are the documents. PackError if the bytes cannot be read. */
export async function openPack(bytes) {
  const { told, sections } = await readPack(bytes);
  return {
    told,
    lessons: sections.lessons,
    sentences: sections.sentences,
    cut: tokenizer(sections.pieces),
    table: sections.table,
    scales: sections.scales,
    units: sections.units,
    lengths: lengths(sections.units, told.dimension),
    starts: ends(sections.unit_counts),
    common: sections.common,
    metric: sections.metric,
    whitened: sections.unit_lengths,
    passages: ends(sections.passage_counts),
    addresses: sections.lessons.map(({ url }) => url && canonical(url)),
    ignored: new Set(sections.ignored),
    numbers: new Map(sections.stems.map((stem, number) => [stem, number])),
    rarity: sections.rarity,
    postings: ends(sections.stem_counts),
    places: places(sections.gaps, sections.stem_counts),
    weights: sections.weights,
  };
}

/** Suggestions for a page { url, title, text }, best first, in the shape of the server's; none where nothing is near. */
export function match(pack, asked, limit = 5) {
  const page = read(asked.title ?? "", asked.text ?? "");
  if (!page || !pack.lengths.length) return [];
  const vectors = page.sentences.map(({ text }) => vector(pack, text));
  const whole = pageVector(page, vectors);
  const plain = cosines(pack, whole);
  const telling = tellingWords(pack, page.words);
  if (isQuiet(pack.told, familiar(telling), greatestOf(pack.starts, plain))) return [];
  const { words, count } = byWords(pack, telling);
  const long = count ? Math.max(0, count - QUESTION) / count : 0;
  const apart = whitened(pack, whole);
  const near = greatestOf(pack.starts, plain.map((cosine, at) => (1 - long) * cosine + long * apart[at]));
  const scores = fused(words, near, Math.round((WORDS + LONG * long) * 1e6) / 1e6);
  const parts = partVectors(page, vectors);
  const address = canonical(asked.url ?? "");
  const kept = best(scores)
    .filter((place) => pack.starts[place] < pack.starts[place + 1])
    .filter((place) => !(address && pack.addresses[place] === address))
    .map((place) => tied(pack, place, scores[place], parts))
    .filter(({ tie, score }) => tie >= pack.told.floor && score > 0)
    .sort(byScore);
  const others = first(kept, 2 * limit + 8, ({ place }) => !isCopy(pack, place, page.whole));
  return told(pack, spread(pack, others, limit).sort(byScore), page, vectors);
}

/** So many of those that fit; no more are looked at, for to look through a long page takes time. */
function first(listed, count, fits) {
  const found = [];
  for (const one of listed) {
    if (found.length === count) break;
    if (fits(one)) found.push(one);
  }
  return found;
}

function byScore(one, other) {
  return other.score - one.score || one.place - other.place;
}

/** The words of a text but stop words: how often each stands there, and its number if lessons have it. */
function tellingWords(pack, text) {
  const counts = new Map();
  for (const word of wordsOf(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts]
    .map(([word, count]) => ({ count, name: stem(word) }))
    .filter(({ name }) => !pack.ignored.has(name))
    .map(({ count, name }) => ({ count, number: pack.numbers.get(name) }));
}

/** The share of them that lessons have, damped, 0..1. */
function familiar(telling) {
  return telling.length ? (telling.filter(({ number }) => number !== undefined).length / telling.length) ** DAMPED : 0;
}

/** How much the words of a page weigh in the best passage of each lesson, and how many are looked for. */
function byWords(pack, telling) {
  const asked = telling
    .filter(({ number }) => number !== undefined)
    .map(({ count, number }) => ({ number, weight: Math.min(count, MOST_OFTEN) * pack.rarity[number] }));
  asked.sort((one, other) => other.weight - one.weight).splice(MOST_WORDS);
  const scores = new Float64Array(pack.passages.at(-1));
  for (const { number, weight } of asked) {
    for (let at = pack.postings[number]; at < pack.postings[number + 1]; at++) {
      const half = at % 2 ? pack.weights[at >> 1] & 15 : pack.weights[at >> 1] >> 4;
      scores[pack.places[at]] += weight * (half / pack.told.steps);
    }
  }
  return { words: greatestOf(pack.passages, scores), count: asked.length };
}

/** The weighted mean of the pieces of a text, at length one. */
function vector({ cut, table, scales, told: { dimension } }, text) {
  const sum = new Float64Array(dimension);
  for (const id of cut(text)) {
    const row = id * dimension;
    const scale = scales[id];
    for (let k = 0; k < dimension; k++) sum[k] += table[row + k] * scale;
  }
  return unit(sum);
}

/** The cosine of a vector to each unit, or to those from `first` to before `after`. */
function cosines({ units, lengths, told: { dimension } }, one, first = 0, after = lengths.length) {
  const found = new Float64Array(after - first);
  for (let at = first; at < after; at++) {
    const row = at * dimension;
    let product = 0;
    for (let k = 0; k < dimension; k++) product += units[row + k] * one[k];
    found[at - first] = product / lengths[at];
  }
  return found;
}

/** The same with what is common to all lessons taken out. */
function whitened({ units, lengths, common, metric, whitened, told }, one) {
  const apart = one.map((value, k) => value - common[k]);
  const turned = apart.map((_, row) => dot(apart, metric.subarray(row * apart.length, (row + 1) * apart.length)));
  const length = Math.max(Math.sqrt(dot(apart, turned)), 1e-12);
  const moved = turned.map((value) => value / length);
  const shift = dot(moved, common);
  return cosines({ units, lengths, told }, moved).map((product, at) => (product - shift) / Math.max(whitened[at], 1e-12));
}

/** Does a page come no nearer to its nearest lesson, and to the few nearest together, than by chance? How near it
 * comes is taken times how familiar its words are. */
function isQuiet({ quiet, quiet_together }, share, near) {
  const few = near.slice().sort().slice(-NEAREST).map((one) => share * one);
  return few.at(-1) < quiet && few.reduce((sum, value) => sum + value, 0) / few.length < quiet_together;
}

/** The greatest value of each lesson, whose own ones begin at `starts`; none is below zero. */
function greatestOf(starts, values) {
  return Float64Array.from({ length: starts.length - 1 }, (_, place) => {
    let found = 0;
    for (let at = starts[place]; at < starts[place + 1]; at++) found = Math.max(found, values[at]);
    return found;
  });
}

function most(values) {
  return values.reduce((one, other) => Math.max(one, other), -Infinity);
}

/** Words and nearness, each as a share of the best, times the nearness of the best. */
function fused(words, near, share) {
  const mostWords = Math.max(most(words), 1e-12);
  const mostNear = Math.max(most(near), 1e-12);
  return words.map((weight, place) => (
    ((share * weight) / mostWords + ((1 - share) * near[place]) / mostNear) * Math.min(1, mostNear)
  ));
}

/** The places of the best, ties by place. */
function best(scores) {
  const rounded = scores.map((score) => Math.floor(score * 1e6 + 0.5));
  return [...scores.keys()]
    .filter((place) => scores[place] > 0)
    .sort((one, other) => rounded[other] - rounded[one] || one - other)
    .slice(0, CANDIDATES);
}

/** A lesson with the unit of it that comes nearest to any part of the page, and its score: a later part tells more. */
function tied(pack, place, score, parts) {
  const found = { place, unit: 0, tie: -Infinity, part: 0 };
  for (const [part, one] of parts.entries()) {
    for (const [at, tie] of cosines(pack, one, pack.starts[place], pack.starts[place + 1]).entries()) {
      if (tie > found.tie) Object.assign(found, { unit: pack.starts[place] + at, tie, part });
    }
  }
  const whole = found.part ? Math.max(score, BELOW * found.tie) : score;
  return { ...found, score: Math.floor(whole * 1e4 + 0.5) / 1e4 };
}

function isCopy(pack, place, page) {
  const theirs = pack.sentences[place];
  const there = theirs.filter((sentence) => page.includes(evenBlanks(sentence))).length;
  return theirs.length > 0 && there >= COPIED * theirs.length;
}

/** Up to `limit` in their order, of those that are alike no more than TOGETHER; what is one too many comes last. */
function spread(pack, kept, limit) {
  const taken = [];
  const putOff = [];
  for (const one of kept) {
    const itself = unitVector(pack, one.unit);
    const like = taken.filter((other) => cosines(pack, itself, other.unit, other.unit + 1)[0] >= ALIKE).length;
    (like < TOGETHER ? taken : putOff).push(one);
    if (taken.length === limit) return taken;
  }
  return [...taken, ...putOff].slice(0, limit);
}

function unitVector({ units, lengths, told: { dimension } }, at) {
  return Float64Array.from(units.subarray(at * dimension, (at + 1) * dimension), (value) => value / lengths[at]);
}

/** The lessons as suggestions, each with the pair of sentences that ties it to the page. */
function told(pack, kept, { sentences, heads }, vectors) {
  const first = heads < sentences.length ? heads : 0;
  return kept.map(({ place, score }) => {
    const theirs = pack.sentences[place];
    const others = theirs.map((sentence) => vector(pack, sentence));
    const pair = { score: -Infinity, yours: sentences[first].text, theirs: theirs[0] ?? pack.lessons[place].title };
    for (let mine = first; mine < sentences.length; mine++) {
      for (const [at, other] of others.entries()) {
        const near = Math.round(dot(vectors[mine], other) * 1e6) / 1e6;
        if (near > pair.score) Object.assign(pair, { score: near, yours: sentences[mine].text, theirs: theirs[at] });
      }
    }
    return { document: pack.lessons[place], score, because: [{ ...pair, score: Math.max(0, pair.score) }] };
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
