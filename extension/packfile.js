// The bytes of a pack -> its manifest and sections (docs/pack.md). What cannot be read is a PackError with a code.

const MAGIC = "LESSONRY";
const VERSION = 3;
const HEAD = 48;
const ARRAYS = { i1: Int8Array, u1: Uint8Array, u4: Uint32Array, f4: Float32Array };

/** `code`: "no-pack", "other-version" or "damaged". */
export class PackError extends Error {
  constructor(code, message) {
    super(message);
    this.name = "PackError";
    this.code = code;
  }
}

/** { told, sections } of a pack, its digests checked. */
export async function readPack(bytes) {
  const data = new Uint8Array(bytes);
  if (data.length < HEAD || text(data.subarray(0, 8)) !== MAGIC) throw new PackError("no-pack", "This is no pack.");
  const numbers = new DataView(data.buffer, data.byteOffset);
  const version = numbers.getUint32(8, true);
  if (version !== VERSION) {
    const mend = version < VERSION ? "Fetch it anew; if that brings it again, the server is to be updated." : "Update the extension.";
    throw new PackError("other-version", `This pack is of version ${version}; this extension reads version ${VERSION}. ${mend}`);
  }
  const start = HEAD + numbers.getUint32(12, true);
  const manifest = data.subarray(HEAD, start);
  if ((await digest(manifest)) !== hex(data.subarray(16, HEAD))) throw damaged();
  const told = parsed(manifest);
  const body = data.slice(start);
  if (!isWhole(told, body.length) || (await digest(body)) !== told.sha256) throw damaged();
  const sections = {};
  for (const [name, place] of Object.entries(told.sections)) sections[name] = await section(body, place);
  return { told, sections };
}

async function section(body, { type, offset, length }) {
  if (type === "json") return inflated(body.subarray(offset, offset + length));
  const Numbers = ARRAYS[type];
  return new Numbers(body.buffer, offset, length / Numbers.BYTES_PER_ELEMENT);
}

function parsed(manifest) {
  try {
    return JSON.parse(text(manifest));
  } catch {
    throw damaged();
  }
}

// Do the sections of a manifest lie within its pack, and are their numbers whole ones?
function isWhole(told, length) {
  if (typeof told?.sections !== "object" || told.sections === null) return false;
  return Object.values(told.sections).every((place) => {
    const size = place?.type === "json" ? 1 : ARRAYS[place?.type]?.BYTES_PER_ELEMENT;
    return size && [place.offset, place.length].every((one) => Number.isInteger(one) && one >= 0)
      && place.offset % size === 0 && place.length % size === 0 && place.offset + place.length <= length;
  });
}

function inflated(bytes) {
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).json();
}

function damaged() {
  return new PackError("damaged", "This pack is damaged. Fetch it anew.");
}

async function digest(bytes) {
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

function hex(bytes) {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function text(bytes) {
  return new TextDecoder().decode(bytes);
}
