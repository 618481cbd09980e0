// What moves by itself on a page that stays open.
//
// [data-live]: figures such as mails that go out. While its value is "going" the page is asked for
// again, and what has changed of this part takes its place.
//
// [data-meanwhile]: an address that says in a sentence what others have changed since the page was
// opened. It is only said: the page stays as it is until somebody follows the link beside it.

const SECONDS = 3;
const SECONDS_MEANWHILE = 20;
const place = document.querySelector("[data-live]");
const meanwhile = document.querySelector("[data-meanwhile]");

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

async function ask() {
  let over = false;
  try {
    if (!document.hidden) over = !(await tell(await fetch(meanwhile.dataset.meanwhile)));
  } catch {
    // The server is away; it is asked again.
  }
  if (!over) setTimeout(ask, SECONDS_MEANWHILE * 1000);
}

// Says whether to go on: not for who is logged out or may no longer know.
async function tell(answer) {
  if (answer.redirected || [401, 403, 404].includes(answer.status)) return false;
  if (answer.ok) say((await answer.json()).said);
  return true;
}

function say(said) {
  const notice = meanwhile.firstElementChild;
  notice.firstElementChild.textContent = said;
  notice.hidden = !said;
}

wait();
if (meanwhile) setTimeout(ask, SECONDS_MEANWHILE * 1000);
