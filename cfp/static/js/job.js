// [data-job]: work that goes on elsewhere. Asks how far it is and goes on where the answer leads.

const SECONDS = 1.5;
const place = document.querySelector("[data-job]");

async function look() {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (answer.redirected) {
      location.replace(answer.url);
      return;
    }
    if (answer.ok) show(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    // The server is away; it is asked again.
  }
  if (place.querySelector("progress")) setTimeout(look, SECONDS * 1000);
}

function show(page) {
  const fresh = page.querySelector("[data-job]");
  const bar = place.querySelector("progress");
  const freshBar = fresh?.querySelector("progress");
  if (bar && freshBar) {
    // Only what has changed, so that the focus stays and a screen reader says it once.
    bar.value = freshBar.value;
    const said = place.querySelector("[role=status]");
    const words = fresh.querySelector("[role=status]").textContent;
    if (said.textContent !== words) said.textContent = words;
  } else if (fresh) {
    place.replaceChildren(...fresh.childNodes);
    document.querySelector("h1").textContent = page.querySelector("h1").textContent;
  }
}

setTimeout(look, SECONDS * 1000);
