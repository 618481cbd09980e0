// [data-live]: figures that move by themselves, such as mails that go out. While its value is "going"
// the page is asked for again, and what has changed of this part takes its place.

const SECONDS = 3;
const place = document.querySelector("[data-live]");

async function look() {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (answer.ok && !answer.redirected) {
      show(new DOMParser().parseFromString(await answer.text(), "text/html"));
    }
  } catch {
    // The server is away; it is asked again.
  }
  wait();
}

function show(page) {
  const fresh = page.querySelector("[data-live]");
  if (!fresh) return;
  place.dataset.live = fresh.dataset.live;
  if (fresh.textContent !== place.textContent) place.replaceChildren(...fresh.childNodes);
}

function wait() {
  if (place?.dataset.live === "going") setTimeout(look, SECONDS * 1000);
}

wait();
