// The public program: time zone, search, filters, favourites, "now". Everything is on the page
// without it; its controls come with the attribute `hidden` and show when it runs.
//
//   [data-program data-zone="Europe/Prague" data-slug="..."]   around schedule and abstracts
//   td.time time, time[data-clock]      "10:30" with its instant in datetime
//   [data-talk=CODE data-track data-type data-room data-day]   what search and filters show or hide;
//                                       several elements may carry one code (row and abstract)
//   select[data-zone-choice]            values event, mine, or minutes from UTC; [data-zone-name]
//   input[data-program-search]  select[data-program-filter=track|type|room|day]
//   button[data-favorite=CODE]  input[data-favorites-only]  a[data-favorites-ics]
//   [data-program-said]                 live region; its data-words holds "{n} shown"

const root = document.querySelector("[data-program]");
const language = document.documentElement.lang || "en";

function stored(name, fallback) {
  try {
    return JSON.parse(localStorage.getItem(name)) ?? fallback;
  } catch {
    return fallback;
  }
}

function store(name, value) {
  try {
    localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // Without a storage the choice holds for this page.
  }
}

const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

// Wall clock of an instant: in an IANA zone, the reader's own (undefined), or at fixed minutes.
function wall(moment, zone) {
  const fixed = typeof zone === "number";
  const shifted = fixed ? new Date(moment.getTime() + zone * 60_000) : moment;
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: fixed ? "UTC" : zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).formatToParts(shifted);
  const part = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return {
    clock: `${part.hour}:${part.minute}`,
    day: Date.UTC(part.year, part.month - 1, part.day) / 86_400_000,
  };
}

function startZone() {
  const choice = document.querySelector("select[data-zone-choice]");
  if (!choice) return;
  const event = root.dataset.zone;
  const times = [...root.querySelectorAll("td.time time, time[data-clock]")];

  function show() {
    const value = choice.value;
    const zone = value === "event" ? event : value === "mine" ? undefined : Number(value);
    for (const time of times) {
      const moment = new Date(time.dateTime);
      const there = wall(moment, zone);
      const shift = there.day - wall(moment, event).day;
      const days = new Intl.NumberFormat(language, {
        style: "unit",
        unit: "day",
        unitDisplay: "long",
        signDisplay: "always",
      }).format(shift);
      time.textContent = shift ? `${there.clock} (${days})` : there.clock;
    }
    for (const label of document.querySelectorAll("[data-zone-name]")) {
      const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
      label.textContent = value === "event" ? event : value === "mine" ? own : choice.selectedOptions[0].text;
    }
  }

  choice.hidden = false;
  choice.closest("[hidden]")?.removeAttribute("hidden");
  const before = stored("cfp:zone", "event");
  if ([...choice.options].some((option) => option.value === before)) choice.value = before;
  choice.addEventListener("change", () => {
    store("cfp:zone", choice.value);
    show();
  });
  // The page may have come in a zone of the reader's asking (?utc=); that one is kept until chosen anew.
  if (choice.value !== "event") show();
}

function startFavorites(changed) {
  const name = `cfp:favorites:${root.dataset.slug}`;
  const favorites = new Set(stored(name, []));
  const calendar = document.querySelector("a[data-favorites-ics]");

  function show() {
    for (const button of document.querySelectorAll("button[data-favorite]")) {
      button.hidden = false;
      button.setAttribute("aria-pressed", favorites.has(button.dataset.favorite));
    }
    if (!calendar) return;
    const address = new URL(calendar.href);
    address.searchParams.set("talks", [...favorites].join(","));
    calendar.href = address;
    calendar.hidden = favorites.size === 0;
  }

  document.addEventListener("click", (event) => {
    const code = event.target.closest("button[data-favorite]")?.dataset.favorite;
    if (!code) return;
    if (!favorites.delete(code)) favorites.add(code);
    store(name, [...favorites]);
    show();
    changed();
  });
  show();
  return favorites;
}

function startSearch() {
  const search = document.querySelector("input[data-program-search]");
  const filters = [...document.querySelectorAll("select[data-program-filter]")];
  const only = document.querySelector("input[data-favorites-only]");
  const said = document.querySelector("[data-program-said]");
  const items = [...root.querySelectorAll("[data-talk]")];
  const texts = new Map();
  for (const item of items) {
    const code = item.dataset.talk;
    texts.set(code, `${texts.get(code) ?? code} ${fold(item.textContent)}`);
  }

  function show() {
    const words = fold(search?.value ?? "").split(/\s+/).filter(Boolean);
    const shown = new Set();
    for (const item of items) {
      const { talk } = item.dataset;
      const fits =
        words.every((word) => fold(texts.get(talk)).includes(word)) &&
        filters.every(({ value, dataset }) => !value || item.dataset[dataset.programFilter] === value) &&
        (!only?.checked || favorites.has(talk));
      item.hidden = !fits;
      if (fits) shown.add(talk);
    }
    if (said) said.textContent = said.dataset.words.replace("{n}", shown.size);
  }

  const favorites = startFavorites(() => only?.checked && show());
  for (const control of [search, only, ...filters].filter(Boolean)) {
    control.closest("[hidden]")?.removeAttribute("hidden");
    control.addEventListener("input", show);
  }
}

function markNow() {
  for (const row of root.querySelectorAll("[data-start][data-end]")) {
    const now = Date.now();
    const current = Date.parse(row.dataset.start) <= now && now < Date.parse(row.dataset.end);
    row.classList.toggle("is-now", current);
  }
}

if (root) {
  startZone();
  startSearch();
  markNow();
  setInterval(markNow, 60_000);
}
