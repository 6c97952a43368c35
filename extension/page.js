// Put into a page after reading.js: waits until the page stands still, then says what it says.

(async () => {
  const QUIET = 400, LONGEST_WAIT = 4_000;

  function settled() {
    return new Promise((resolve) => {
      const done = () => {
        watch.disconnect();
        clearTimeout(limit);
        clearTimeout(quiet);
        resolve();
      };
      const watch = new MutationObserver(() => {
        clearTimeout(quiet);
        quiet = setTimeout(done, QUIET);
      });
      let quiet = setTimeout(done, QUIET);
      const limit = setTimeout(done, LONGEST_WAIT);
      watch.observe(document, { childList: true, subtree: true, characterData: true });
    });
  }

  await settled();
  return reading.read(document, {
    loadedAs: performance.getEntriesByType("navigation")[0]?.name,
    selection: String(document.getSelection() ?? ""),
  });
})();
