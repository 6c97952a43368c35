// WordPiece as BERT's lower-case models cut text: the very pieces that Python's `tokenizers` gives. Pure functions.

const LONGEST_WORD = 100; // letters; a longer word is unknown
const REMEMBERED = 50_000; // words whose pieces are kept

const CONTROL = /[\p{Cc}\p{Cf}\p{Co}]/u;
const BLANK = /^[\t\n\r\p{Z}]$/u;
const MARK = /\p{Mn}/gu;
const IDEOGRAPHS = [
  [0x4e00, 0x9fff], [0x3400, 0x4dbf], [0x20000, 0x2a6df], [0x2a700, 0x2b73f], [0x2b740, 0x2b81f], [0x2b920, 0x2ceaf],
  [0xf900, 0xfaff], [0x2f800, 0x2fa1f],
];
const PUNCTUATION = /^(?:[!-/:-@[-`{-~]|\p{P})$/u;

/** Words and single marks of a text, in lower case and without accents. */
export function words(text) {
  const found = [];
  let word = "";
  const close = () => {
    if (word) found.push(word);
    word = "";
  };
  for (const letter of lowered(text)) {
    if (BLANK.test(letter)) close();
    else if (PUNCTUATION.test(letter) || isIdeograph(letter.codePointAt(0))) {
      close();
      found.push(letter);
    } else word += letter;
  }
  close();
  return found;
}

/** A tokenizer over a vocabulary: text -> ids of its pieces, unknown words left out. */
export function tokenizer(pieces) {
  const ids = new Map(pieces.map((piece, id) => [piece, id]));
  const known = new Map();

  function cut(word) {
    const letters = [...word];
    if (letters.length > LONGEST_WORD) return [];
    const found = [];
    for (let start = 0; start < letters.length; ) {
      let end = letters.length;
      let id;
      for (; end > start; end--) {
        id = ids.get((start ? "##" : "") + letters.slice(start, end).join(""));
        if (id !== undefined) break;
      }
      if (id === undefined) return [];
      found.push(id);
      start = end;
    }
    return found;
  }

  return (text) => {
    const found = [];
    for (const word of words(text)) {
      let pieces = known.get(word);
      if (pieces === undefined) {
        pieces = cut(word);
        if (known.size >= REMEMBERED) known.clear();
        known.set(word, pieces);
      }
      for (const id of pieces) found.push(id);
    }
    return found;
  };
}

function lowered(text) {
  let plain = "";
  for (const letter of text) if (!isControl(letter)) plain += letter;
  let low = "";
  for (const letter of plain.normalize("NFD").replace(MARK, "")) low += letter.toLowerCase();
  return low;
}

function isControl(letter) {
  if (letter === "\t" || letter === "\n" || letter === "\r") return false;
  return letter === "\ufffd" || CONTROL.test(letter);
}

function isIdeograph(code) {
  return IDEOGRAPHS.some(([first, last]) => code >= first && code <= last);
}
