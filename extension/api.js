// The person's own Lessonry server, over HTTP. Whatever goes wrong becomes a ServerError with clear words.

const PATIENCE = 15_000;
const LARGEST_ANSWER = 4_000_000;

export class ServerError extends Error {
  constructor(reason, words) {
    super(words);
    this.reason = reason;  // address | permission | gone | slow | stranger | token | scope | refused | pack
  }
}

// The origin of a server: by https, or on this very machine.
export function serverAddress(text) {
  const typed = text.trim();
  const whole = /^\w+:\/\//.test(typed) ? typed : `${isLoopback(typed.split(/[:/]/)[0]) ? "http" : "https"}://${typed}`;
  if (!URL.canParse(whole)) throw new ServerError("address", "This is no address. It looks like https://lessons.example.org");
  const { protocol, hostname, origin, username } = new URL(whole);
  if (username) throw new ServerError("address", "Leave the password out of the address; the token has a field of its own.");
  if (protocol !== "https:" && !(protocol === "http:" && isLoopback(hostname))) {
    throw new ServerError("address", "Only https is safe to send to (http only on this machine: 127.0.0.1).");
  }
  return origin;
}

function isLoopback(host) {
  return host === "localhost" || host === "127.0.0.1";  // the manifest's policy names these two
}

export class Server {
  constructor({ server, token }, { ask = fetch, patience = PATIENCE } = {}) {
    this.address = server;
    this.token = token;
    this.ask = ask;
    this.patience = patience;
  }

  whoami() { return this.json("GET", "/v1/whoami"); }
  related(page, limit = 5) { return this.json("POST", "/v1/related", { ...page, limit }); }
  search(q, limit = 10) { return this.json("GET", `/v1/search?${new URLSearchParams({ q, limit })}`); }
  suggest(q) { return this.json("GET", `/v1/suggest?${new URLSearchParams({ q })}`); }
  feedback(verdict) { return this.json("POST", "/v1/feedback", verdict); }
  collections() { return this.json("GET", "/v1/collections"); }
  collect(slug, item) { return this.json("POST", `/v1/collections/${encodeURIComponent(slug)}/items`, item); }
  save(document) { return this.json("POST", "/v1/documents", document); }
  job(id) { return this.json("GET", `/v1/jobs/${encodeURIComponent(id)}`); }
  moment(moment) { return this.json("POST", "/v1/moments", moment); }

  documentAddress(id) { return `${this.address}/documents/${encodeURIComponent(id)}`; }
  searchAddress(q) { return `${this.address}/?${new URLSearchParams({ q })}`; }

  async json(method, path, body) {
    const answer = await this.send(method, path, {
      headers: body && { "Content-Type": "application/json" },
      body: body && JSON.stringify(body),
    });
    try {
      const text = await answer.text();
      if (text.length > LARGEST_ANSWER) throw new SyntaxError("too long");
      return text ? JSON.parse(text) : null;
    } catch (error) {
      if (error instanceof SyntaxError) throw stranger();
      throw unreached(error);
    }
  }

  // The pack's bytes with their ETag; null where `etag` is still that of the server.
  async pack(etag) {
    const answer = await this.send("GET", "/v1/pack", { headers: etag && { "If-None-Match": etag }, patience: 120_000 });
    if (answer.status === 304) return null;
    try {
      return { bytes: await answer.arrayBuffer(), etag: answer.headers.get("ETag") };
    } catch (error) {
      throw unreached(error);
    }
  }

  async send(method, path, { headers, body, patience = this.patience } = {}) {
    if (!this.address) throw new ServerError("address", "No server is connected yet.");
    let answer;
    try {
      answer = await this.ask.call(globalThis, this.address + path, {
        method, body,
        headers: { Accept: "application/json", ...headers, ...(this.token && { Authorization: `Bearer ${this.token}` }) },
        signal: AbortSignal.timeout(patience),
        credentials: "omit", redirect: "manual", cache: "no-store", referrerPolicy: "no-referrer",
      });
    } catch (error) {
      throw unreached(error);
    }
    if (answer.type === "opaqueredirect") throw stranger();  // where it leads gets neither the token nor the page
    if (answer.status !== 304 && !answer.ok) throw await refusal(answer, this.token);
    const type = answer.headers.get("Content-Type") ?? "";
    if (answer.ok && answer.status !== 204 && !/^application\/(json|octet-stream|vnd\.lessonry)/.test(type)) throw stranger();
    return answer;
  }
}

function unreached(error) {
  if (error.name === "TimeoutError") return new ServerError("slow", "Your server takes too long to answer. Try again in a moment.");
  return new ServerError("gone", "Your server cannot be reached.");
}

function stranger() {
  return new ServerError("stranger", "What answered is no Lessonry server (perhaps a sign-in page stands before it).");
}

async function refusal(answer, token) {
  const problem = (answer.headers.get("Content-Type") ?? "").startsWith("application/problem+json");
  const { detail, title } = problem ? await answer.json().catch(() => ({})) : {};
  const words = String(detail ?? title ?? "").slice(0, 300);
  if (answer.status === 401 && !token) return new ServerError("token", "This needs a token. Make one on your server and set it in the settings.");
  if (answer.status === 401) return new ServerError("token", `Your server does not take the token${words && `: ${words}`}. Set a new one in the settings.`);
  if (!problem) return stranger();
  if (answer.status === 403) return new ServerError("scope", `Your token does not allow this${words && `: ${words}`}`);
  return new ServerError("refused", words || `Your server refused (${answer.status}).`);
}
