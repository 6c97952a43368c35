// What a page says: pure functions over a document. Loaded as a plain script, since it is put into pages, where a
// module could come in only by an address that every page could ask for.

globalThis.reading ??= (() => {
  const LONGEST = 60_000;      // letters; beyond that a page says little that is new
  const LONGEST_ADDRESS = 2_000;
  const ENOUGH = 200;          // letters that make an article
  const SHORT_MENU = 300;
  const SELECTED = 20;         // letters; fewer are a word that was clicked
  const BLOCKS = "address,article,blockquote,body,dd,details,div,dl,dt,fieldset,figcaption,figure,form,h1,h2,h3,h4,h5,h6,"
    + "header,hr,li,main,ol,p,pre,section,summary,table,tbody,td,th,thead,tr,ul";
  const SKIPPED = "script,style,noscript,template,svg,canvas,iframe,object,nav,footer,aside,button,select,input,textarea,"
    + "option,dialog,[hidden],[aria-hidden=true],[role=navigation],[role=banner],[role=contentinfo],[role=search],"
    + "[role=menu],[role=toolbar],[role=tablist],[role=dialog],[role=alert]";

  // Tickets, changes and channels: where their title and their parts stand. The first that has any parts is taken.
  const SHAPES = [
    { title: "bdi.markdown-title, .js-issue-title, [data-testid=issue-title]",            // GitHub
      parts: ".markdown-body.comment-body, .js-comment-body, [data-testid=markdown-body], .comment-body.markdown-body" },
    { title: "[data-testid=issue-title], [data-testid=work-item-title], .detail-page-description .title, h1.title",
      parts: ".detail-page-description .description, [data-testid=work-item-description], .note-text.md" },  // GitLab
    { title: "#summary-val, [data-testid='issue.views.issue-base.foundation.summary.heading']",           // Jira
      parts: "#description-val, .activity-comment .action-body, "
        + "[data-testid='issue.views.field.rich-text.description'], [data-testid^='issue-comment-base.ui.comment'] .ak-renderer-document" },
    { title: "[data-qa=channel_name], .p-view_header__channel_title",                     // Slack, Mattermost
      parts: "[data-qa=message-text], .p-rich_text_section, .post-message__text" },
  ];

  // { title, url, text, selection, pdf }: what the page is about, and what is selected if that says anything.
  function read(document, { address = document.location?.href ?? "", loadedAs = address, selection = "" } = {}) {
    const shape = SHAPES.find(({ parts }) => document.querySelector(parts));
    const roots = shape ? outermost(document.querySelectorAll(shape.parts)) : [mainPart(document)];
    return {
      title: title(document, shape, roots[0]),
      url: bounded(canonical(document, address, loadedAs)),
      text: textOf(roots),
      selection: squeezed(selection).length < SELECTED ? "" : selection.trim().slice(0, LONGEST),
      pdf: document.contentType === "application/pdf",
    };
  }

  // The page's own name for itself, if it is of the same site and the address is still the one that was loaded.
  function canonical(document, address, loadedAs) {
    const here = URL.canParse(address) ? new URL(address) : null;
    if (!here || !here.protocol.startsWith("http")) return "";
    here.hash = here.username = here.password = "";
    const said = document.querySelector("link[rel~=canonical i]")?.getAttribute("href");
    if (!said || !URL.canParse(said, address) || withoutHash(address) !== withoutHash(loadedAs)) return here.href;
    const there = new URL(said, address);
    const home = there.pathname === "/" && here.pathname !== "/";
    const own = there.origin === here.origin && !home && there.href.length <= LONGEST_ADDRESS;
    return own ? withoutHash(there.href) : here.href;
  }

  // A longer address is one of a moment, and no server takes it: its query is left out, or all of it.
  function bounded(address) {
    const bare = address.length <= LONGEST_ADDRESS ? address : address.split("?")[0];
    return bare.length <= LONGEST_ADDRESS ? bare : "";
  }

  function withoutHash(address) {
    return address.split("#")[0];
  }

  function title(document, shape, root) {
    const heading = root.querySelector("h1") ?? only(document.querySelectorAll("h1"));
    const candidates = [
      shape && document.querySelector(shape.title)?.textContent,
      heading?.textContent,
      document.querySelector("meta[property='og:title']")?.getAttribute("content"),
      document.title,
    ];
    return squeezed(candidates.find((one) => one && squeezed(one)) ?? "").slice(0, 300);
  }

  function only(found) {
    return found.length === 1 ? found[0] : null;
  }

  // The element that holds what the page is about: most text outside of links.
  function mainPart(document) {
    const body = document.body ?? document.documentElement;
    const candidates = [...document.querySelectorAll("article, main, [role=main], [itemprop=articleBody]")].slice(0, 50);
    const [best] = candidates
      .map((one) => ({ one, weight: one.textContent.length - 2 * linked(one) }))
      .sort((a, b) => b.weight - a.weight);
    return best && best.weight > ENOUGH ? best.one : body;
  }

  function linked(element) {
    let length = 0;
    for (const link of element.querySelectorAll("a")) length += link.textContent.length;
    return length;
  }

  function outermost(found) {
    const all = [...found];
    return all.filter((one) => !all.some((other) => other !== one && other.contains(one)));
  }

  function textOf(roots) {
    const parts = [];
    let left = LONGEST;
    for (const root of roots) {
      for (const block of blocks(root)) {
        if (left <= 0) return parts.join("\n\n");
        parts.push(block.slice(0, left));
        left -= block.length;
      }
    }
    return parts.join("\n\n");
  }

  // The text of each block in reading order, headings marked as in Markdown; blocks that are mostly links left out.
  function* blocks(root) {
    let block = null, text = "", links = 0;
    const finished = () => {
      const plain = block?.closest("pre") ? text.trim() : squeezed(text);
      const menu = links > 0.7 * plain.length && plain.length < SHORT_MENU && !isHeading(block);
      text = "";
      links = 0;
      return plain && !menu && isVisible(block) ? marked(block, plain) : null;
    };
    for (const node of pieces(root)) {
      const home = node.parentElement.closest(BLOCKS);
      if (home !== block) {
        const done = finished();
        if (done) yield done;
        block = home;
      }
      text += node.nodeValue ?? "\n";
      if (node.parentElement.closest("a")) links += squeezed(node.nodeValue ?? "").length;
    }
    const done = finished();
    if (done) yield done;
  }

  // Texts and line breaks in order, without recursion (a page may nest without end), without what no reader is told.
  function* pieces(root) {
    let node = root;
    while (node) {
      if (node.nodeType === 3 || node.nodeName === "BR") yield node;
      const enter = node.nodeType === 1 && (node === root || !node.matches(SKIPPED)) && node.firstChild;
      if (enter) {
        node = enter;
        continue;
      }
      while (node && node !== root && !node.nextSibling) node = node.parentNode;
      node = node === root ? null : node?.nextSibling;
    }
  }

  function isHeading(block) {
    return block !== null && /^H[1-6]$/.test(block.tagName);
  }

  function isVisible(block) {
    return block?.checkVisibility?.() ?? true;
  }

  function marked(block, text) {
    if (isHeading(block)) return `${"#".repeat(Number(block.tagName[1]))} ${text}`;
    return block?.tagName === "LI" ? `- ${text}` : text;
  }

  function squeezed(text) {
    return text.replace(/\s+/g, " ").trim();
  }

  // Where a sentence stands: [first text node, offset, last text node, offset], told apart from spaces and marks; or null.
  function find(root, sentence) {
    const nodes = [...pieces(root)].filter((node) => node.nodeType === 3);
    const starts = [];
    let all = "";
    for (const node of nodes) {
      starts.push(all.length);
      all += bare(node.nodeValue);
    }
    const wanted = bare(sentence.replace(/^(#+|-|\*|\d+\.)\s+/, ""));
    if (!wanted) return null;
    const at = all.indexOf(wanted);
    if (at < 0) return null;
    const place = (position) => {
      let low = 0, high = starts.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (starts[middle] <= position) low = middle; else high = middle - 1;
      }
      return [nodes[low], offset(nodes[low].nodeValue, position - starts[low])];
    };
    const [last, end] = place(at + wanted.length - 1);
    return [...place(at), last, end + 1];
  }

  function bare(text) {
    return text.replace(/\s+/g, "");
  }

  // The place in `text` of its n-th letter that is no space.
  function offset(text, n) {
    for (let i = 0; i < text.length; i++) {
      if (!/\s/.test(text[i]) && n-- === 0) return i;
    }
    return text.length;
  }

  return { read, find };
})();
