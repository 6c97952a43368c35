// Looks how a job stands and shows the page anew when that has changed.

const job = document.querySelector("[data-job]");
const took = job?.querySelector(".took");
const start = Date.now();

async function look() {
  try {
    const answer = await fetch(`/v1/jobs/${job.dataset.job}`);
    if (answer.ok && (await answer.json()).status !== job.dataset.status) return location.reload();
  } catch {
    // the server restarts: the job goes on with it
  }
  const seconds = Math.round((Date.now() - start) / 1000);
  if (took && seconds > 1) took.textContent = `${seconds} s`;
  setTimeout(look, 500);
}

if (job) setTimeout(look, 300);
