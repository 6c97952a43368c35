// Shows how far an upload is. Without this file the browser sends the form by itself.

const form = document.querySelector("[data-upload]");

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  const [line, button] = [form.querySelector(".progress"), form.querySelector("button")];
  const [meter, words] = [line.querySelector("progress"), line.querySelector("span")];
  const request = new XMLHttpRequest();
  request.upload.onprogress = ({ loaded, total, lengthComputable }) => {
    if (!lengthComputable) return;
    meter.value = (100 * loaded) / total;
    words.textContent = loaded < total ? `${Math.round(meter.value)} %` : "Sent";
  };
  request.onload = () => {
    if (request.status < 400) return location.assign(request.responseURL);
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    failed(page.querySelector(".notice.error")?.textContent ?? `The server answered ${request.status}.`);
  };
  request.onerror = () => failed("The connection was lost. Try again.");
  function failed(why) {
    line.hidden = false;
    meter.hidden = true;
    words.textContent = why;
    button.disabled = false;
  }
  line.hidden = meter.hidden = false;
  button.disabled = true;
  request.open("POST", form.action);
  request.send(new FormData(form));
});
