// Sends a verdict without leaving the page. Without this file the form goes there and comes back.

document.addEventListener("submit", async (event) => {
  const form = event.target.closest?.("[data-verdict]");
  if (!form) return;
  event.preventDefault();
  const said = new FormData(form, event.submitter);
  const thanks = form.querySelector(".thanks");
  const words = thanks.textContent;
  form.querySelectorAll("button").forEach((button) => { button.disabled = true; });
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(said), redirect: "manual" });
    if (answer.type !== "opaqueredirect") throw new TypeError(`status ${answer.status}`);
    event.submitter?.setAttribute("aria-pressed", "true");
    thanks.textContent = words;
  } catch {
    thanks.textContent = "It could not be sent. Reload the page and try again.";
    form.querySelectorAll("button").forEach((button) => { button.disabled = false; });
  }
  thanks.classList.add("shown");
});
