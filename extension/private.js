// Matching without the server: the last pack is kept in the browser, and nothing of a page leaves it.

import { ServerError } from "./api.js";
import { match, openPack, PackError } from "./pack.js";
import { suggestions } from "./shapes.js";

const CACHE = "pack";
let opened = null;  // { address, pack, at }, as long as this worker lives

// Fetches the pack if the server has another one. One that cannot be read is refused, and the last stays.
export async function updatePack(server) {
  const kept = await stored(server.address);
  const answer = await server.pack(kept?.headers.get("ETag"));
  if (!answer) return describe(server.address);
  const pack = await read(answer.bytes);
  const at = new Date().toISOString();
  const headers = { ...(answer.etag && { ETag: answer.etag }), "X-Fetched": at };
  await (await caches.open(CACHE)).put(key(server.address), new Response(answer.bytes, { headers }));
  opened = { address: server.address, pack, at };
  return describe(server.address);
}

// { lessons, at } of the pack at hand; null if there is none.
export async function describe(address) {
  const held = await open(address);
  return held && { lessons: held.pack.lessons.length, at: held.at };
}

// Lessons that bear on a page, by the pack at hand; null if there is none.
export async function matchPrivately(address, page, limit = 5) {
  const held = await open(address);
  return held && { at: held.at, suggestions: suggestions(match(held.pack, page, limit)) };
}

async function open(address) {
  if (opened?.address === address) return opened;
  const kept = await stored(address);
  if (!kept) return null;
  const at = kept.headers.get("X-Fetched");
  opened = { address, at, pack: await read(await kept.arrayBuffer()) };
  return opened;
}

async function read(bytes) {
  try {
    return await openPack(bytes);
  } catch (error) {
    throw error instanceof PackError ? new ServerError("pack", error.message) : error;
  }
}

async function stored(address) {
  return address ? (await caches.open(CACHE)).match(key(address)) : undefined;
}

function key(address) {
  return `${address}/v1/pack`;
}

export function dropPack() {
  opened = null;
  return caches.delete(CACHE);
}
