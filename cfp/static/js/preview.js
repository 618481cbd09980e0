// form[data-preview=URL]: the talk as the public will see it, made by the server's own template.
// The fragment replaces what stands in the element whose id is in data-preview-target.
import { isTypedInto } from "./mirror.js";

const PAUSE = 400;

function start(form) {
  const target = document.getElementById(form.dataset.previewTarget);
  if (!target) return;
  let timer;
  let request = new AbortController();

  async function show() {
    request.abort();
    request = new AbortController();
    const { signal } = request;
    try {
      const answer = await fetch(form.dataset.preview, {
        method: "POST",
        body: new FormData(form),
        redirect: "manual",
        signal,
      });
      if (!answer.ok) return;
      const fragment = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!signal.aborted) target.replaceChildren(...fragment.body.childNodes);
    } catch {
      // Offline or overtaken by the next request: the last preview stays.
    }
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, PAUSE);
  });
  if (isTypedInto(form)) show();
}

for (const form of document.querySelectorAll("form[data-preview]")) start(form);
