// One page, one address: scheme, www, fragment, tracking parameters and a slash at the end do not count.

const TRACKING = /^(utm_\w+|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|twclid|igshid|mc_(cid|eid)|_hs(enc|mi))$/i;

/** The identity of a web page; of what is no address, nothing. */
export function canonical(address) {
  let url;
  try {
    url = new URL(address);
  } catch {
    return null;
  }
  if (!/^https?:$/.test(url.protocol)) return null;
  const host = url.hostname.replace(/^(www\.)+/, "").replace(/\.$/, "");
  const port = url.port && !["80", "443"].includes(url.port) ? `:${url.port}` : "";
  const asked = [...url.searchParams].filter(([name]) => !TRACKING.test(name)).map((pair) => pair.join("=")).sort();
  return `${host}${port}${url.pathname.replace(/\/+$/, "")}?${asked.join("&")}`;
}
