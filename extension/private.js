// Matching without the server: the last pack is kept in the browser, and nothing of a page leaves it.
// The pack's format is not settled yet: there is none, and everything here says so.

import { ServerError } from "./api.js";

export async function updatePack() {
  throw new ServerError("pack", "This version has no pack yet.");
}

export async function describe() {
  return null;
}

export async function matchPrivately() {
  return null;
}

export async function dropPack() {
  return null;
}
