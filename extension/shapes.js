// What a server or a pack says, as the panel shows it: plain strings and numbers, or nothing. Pure functions.

export function text(value, longest = 1000) {
  return typeof value === "string" ? value.slice(0, longest) : "";
}

function count(value) {
  return Number.isInteger(value) && value > 0 ? value : 0;
}

function list(value, shape, longest) {
  return Array.isArray(value) ? value.slice(0, longest).map((one) => shape(one ?? {})).filter(Boolean) : [];
}

export function brief(document) {
  const { id, title, kind, organization, published, state, actions, superseded_by } = document ?? {};
  if (!text(id)) return null;
  return {
    id: text(id, 100), title: text(title, 300) || "Untitled", kind: text(kind, 40), organization: text(organization, 200),
    published: text(published, 10), state: text(state, 40), open: count(actions?.open), successor: text(superseded_by, 100),
  };
}

export function suggestions(found) {
  return list(found, (one) => {
    const document = brief(one.document);
    return document && { document, because: list(one.because, ({ yours, theirs, passage_id }) => ({
      yours: text(yours), theirs: text(theirs), passage: count(passage_id),
    }), 3) };
  }, 10);
}

export function hits(found) {
  return list(found, (one) => {
    const document = brief(one.document);
    return document && { document, snippet: text(one.snippet, 2000), passage: count(one.passage?.id) };
  }, 20);
}

export function collections(found) {
  return list(found, ({ slug, title }) => text(slug) && { slug: text(slug, 100), title: text(title, 200) || text(slug, 100) }, 200);
}

// How a piece of work stands; once it is done, the document it has made.
export function job(answer) {
  const { id, status, error, result } = answer?.job ?? answer ?? {};
  const [item] = list(result?.items, (one) => ({ status: text(one.status), title: text(one.title, 300), id: text(one.id, 100), error: text(one.error) }), 1);
  return { id: text(id, 100), status: text(status, 20), words: text(error) || item?.error || "", item: item ?? null };
}
