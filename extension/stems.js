// Stems of English words by Porter's algorithm (1980), as SQLite's full text has them. Pure functions.

const LETTERS = /[\p{L}\p{N}\p{Co}\p{M}]+/gu;
const ACCENTS = /\p{M}/gu;

const CONSONANT = "(?:[^aeiouy]|^y|(?<=[aeiou])y)";
const VOWEL = "(?:[aeiou]|(?<=[^aeiou])(?<!^)y)";
const HAS_VOWEL = new RegExp(VOWEL);
const TURN = new RegExp(`${VOWEL}+${CONSONANT}+`, "g");
const DOUBLE = /([^aeiouy])\1$/;
const SHORT_END = new RegExp(`${CONSONANT}${VOWEL}(?![wxy])${CONSONANT}$`);

const SECOND = endings(
  "ational ate tional tion enci ence anci ance izer ize logi log bli ble alli al entli ent eli e ousli ous" +
    " ization ize ation ate ator ate alism al iveness ive fulness ful ousness ous aliti al iviti ive biliti ble",
);
const THIRD = endings("icate ic ative - alize al iciti ic ical ic ful - ness -");
const FOURTH = endings(
  "al - ance - ence - er - ic - able - ible - ant - ement - ment - ent - ion - ou - ism - ate - iti - ous - ive - ize -",
);

/** The words of a text, in lower case and without accents. */
export function words(text) {
  return (text.match(LETTERS) ?? []).map((word) => word.normalize("NFD").replace(ACCENTS, "").toLowerCase()).filter(Boolean);
}

/** The stem of a word in lower case. */
export function stem(word) {
  if (word.length < 3 || word.length > 64) return word;
  let found = withoutPast(withoutPlural(word));
  if (found.endsWith("y") && HAS_VOWEL.test(found.slice(0, -1))) found = `${found.slice(0, -1)}i`;
  found = replaced(found, SECOND, 0);
  found = replaced(found, THIRD, 0);
  return withoutLast(replaced(found, FOURTH, 1));
}

function withoutPlural(word) {
  if (word.endsWith("sses") || word.endsWith("ies")) return word.slice(0, -2);
  return word.endsWith("s") && !word.endsWith("ss") ? word.slice(0, -1) : word;
}

function withoutPast(word) {
  if (word.endsWith("eed")) return turns(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word;
  const ending = ["ed", "ing"].find((one) => word.endsWith(one));
  const rest = ending && word.slice(0, -ending.length);
  if (!rest || !HAS_VOWEL.test(rest)) return word;
  if (/(?:at|bl|iz)$/.test(rest)) return `${rest}e`;
  if (DOUBLE.test(rest) && !/[lsz]$/.test(rest)) return rest.slice(0, -1);
  return turns(rest) === 1 && SHORT_END.test(rest) ? `${rest}e` : rest;
}

function replaced(word, table, least) {
  for (const [ending, other] of table) {
    if (!word.endsWith(ending)) continue;
    const rest = word.slice(0, -ending.length);
    const fits = turns(rest) > least && (ending !== "ion" || /[st]$/.test(rest));
    return fits ? rest + other : word;
  }
  return word;
}

function withoutLast(word) {
  if (word.endsWith("e")) {
    const rest = word.slice(0, -1);
    const count = turns(rest);
    if (count > 1 || (count === 1 && !SHORT_END.test(rest))) word = rest;
  }
  return word.endsWith("ll") && turns(word) > 1 ? word.slice(0, -1) : word;
}

/** How often a consonant follows a vowel: Porter's measure. */
function turns(word) {
  return word.match(TURN)?.length ?? 0;
}

function endings(text) {
  const listed = text.split(" ");
  const pairs = [];
  for (let place = 0; place < listed.length; place += 2) pairs.push([listed[place], listed[place + 1].replace("-", "")]);
  return pairs.sort(([one], [other]) => other.length - one.length);
}
