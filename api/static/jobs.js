// Looks how the jobs stand as long as one of them is at work. Without this file, "Look again" does.

const BETWEEN_LOOKS = 1500;

async function look() {
  const shown = document.querySelector("[data-jobs]");
  if (shown?.dataset.jobs !== "open") return;
  try {
    const answer = await fetch("/jobs");
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.querySelector("[data-jobs]");
    const focused = shown.contains(document.activeElement);
    if (answer.ok && now && !focused && now.innerHTML !== shown.innerHTML) shown.replaceWith(now);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;  // TypeError: no connection; the server restarts, the jobs go on
  }
  setTimeout(look, BETWEEN_LOOKS);
}

setTimeout(look, BETWEEN_LOOKS);
