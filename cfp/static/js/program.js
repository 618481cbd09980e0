// The public program: time zone, search, filters, favorites, "now". Everything is on the page
// without it; its controls come with the attribute `hidden` and show when it runs. A classic
// script, because a page that is opened as a file may not load a module.
//
//   [data-program data-zone data-slug]  around what it works on; data-offset: minutes from UTC of a
//                                       page made for ?utc=; data-refused: that could not be read
//   [data-date=2026-11-19]              the event's day under which the times in it are listed
//   .time time                          "10:30" with its instant in datetime; [data-zone-name]
//   form[data-times]                    select[data-zone-choice], [data-offset-tool], #utc
//   section.day[data-day] tr[data-talk] rows;  article[data-talk data-track data-type] abstracts
//   form[data-filters]                  [data-program-search] [data-program-filter=...]
//                                       [data-favorites-only] a[data-favorites-ics]
//   template[data-star="Favorite: {title}"]  the button beside each talk; [data-star-here=CODE]
//   [data-program-said data-words]      live region;  a[data-now="Now, {time}"]
"use strict";
(() => {
  const root = document.querySelector("[data-program]");
  if (!root) return;
  const language = document.documentElement.lang || "en";
  const MINUTE = 60_000;
  const DAY = 1440 * MINUTE;

  // Some browsers still tell the names that these cities had.
  const RENAMED = {
    "Asia/Calcutta": "Asia/Kolkata",
    "Asia/Katmandu": "Asia/Kathmandu",
    "Asia/Rangoon": "Asia/Yangon",
    "Asia/Saigon": "Asia/Ho_Chi_Minh",
    "Europe/Kiev": "Europe/Kyiv",
  };

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

  // Times ---------------------------------------------------------------------------------

  // What the clocks of a zone show: an IANA name, or minutes from UTC.
  const formats = new Map();
  function format(zone) {
    if (!formats.has(zone)) {
      const options = { timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric" };
      Object.assign(options, { day: "numeric", hour: "numeric", minute: "numeric" });
      formats.set(zone, new Intl.DateTimeFormat("en-US-u-ca-iso8601-nu-latn", options));
    }
    return formats.get(zone);
  }

  function wall(moment, zone) {
    if (typeof zone === "number") return moment + zone * MINUTE;
    const part = {};
    for (const { type, value } of format(zone).formatToParts(moment)) part[type] = Number(value);
    return Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute);
  }

  const two = (number) => String(number).padStart(2, "0");
  const clock = (shown) => `${two(new Date(shown).getUTCHours())}:${two(new Date(shown).getUTCMinutes())}`;

  function offsetText(minutes) {
    const size = Math.abs(minutes);
    return `${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
  }

  function zoneLabel(zone, moment) {
    const minute = Math.floor(moment / MINUTE) * MINUTE;
    const offset = `UTC${offsetText(Math.round((wall(minute, zone) - minute) / MINUTE))}`;
    return typeof zone === "number" ? offset : `${zone} (${offset})`;
  }

  function shiftText(shown, day) {
    const shift = Math.round((Math.floor(shown / DAY) * DAY - day) / DAY);
    if (!shift) return "";
    const style = { style: "unit", unit: "day", unitDisplay: "long", signDisplay: "always" };
    const days = new Intl.NumberFormat(language, style).format(shift);
    const date = new Date(shown);
    const month = date.toLocaleDateString(language, { month: "short", timeZone: "UTC" });
    const other = date.getUTCFullYear() === new Date(day).getUTCFullYear();
    return ` (${days}, ${date.getUTCDate()} ${month}${other ? "" : ` ${date.getUTCFullYear()}`})`;
  }

  // `0 +1 -5 5.5 +0530 -03:30 +5:45 Z` as minutes, null for anything else: cfp/formats/offsets.py.
  function readOffset(typed) {
    const text = typed.trim().toUpperCase().replace(/^UTC/, "").replace("\u2212", "-").trim();
    if (text === "Z") return 0;
    const found =
      /^([+-]?)(\d{1,2}):(\d{2})$/.exec(text) ??
      /^([+-]?)(\d{2})(\d{2})$/.exec(text) ??
      /^([+-]?)(\d{1,2})(?:[.,](\d{1,2}))?$/.exec(text);
    if (!found) return null;
    const [, sign, hours, rest = "0"] = found;
    const decimal = /[.,]/.test(text);
    if (!decimal && Number(rest) > 59) return null;
    const size = Number(hours) * 60 + (decimal ? Number(`0.${rest}`) * 60 : Number(rest));
    const minutes = sign === "-" ? -size : size;
    return minutes >= -720 && minutes <= 840 && minutes % 15 === 0 ? minutes + 0 : null;
  }

  function startTimes() {
    const event = root.dataset.zone;
    const known = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
    const own = RENAMED[known] ?? known;
    const zoneOf = (choice) => (choice === "event" ? event : choice === "mine" ? own : choice);
    const parts = [...root.querySelectorAll("[data-date]")].map((part) => ({
      day: Date.parse(part.dataset.date),
      label: part.querySelector("[data-zone-name]"),
      cells: [...part.querySelectorAll(".time")].map((cell) => [...cell.querySelectorAll("time")]),
    }));

    function write(cell, day, zone) {
      const found = cell.map((time) => wall(Date.parse(time.dateTime), zone));
      const shifts = found.map((shown) => shiftText(shown, day));
      cell.forEach((time, place) => {
        time.textContent = clock(found[place]);
        if (time.nextElementSibling?.matches(".shift")) time.nextElementSibling.remove();
        if (time.nextSibling && !time.nextSibling.textContent.trim()) time.nextSibling.remove();
        const last = place === cell.length - 1;
        if (!shifts[place] || (!last && shifts[0] === shifts[1])) return;
        const mark = document.createElement("span");
        mark.className = "shift";
        mark.textContent = shifts[place];
        time.after(mark);
      });
    }

    function show(choice) {
      const zone = zoneOf(choice);
      for (const { day, label, cells } of parts) {
        for (const cell of cells) write(cell, day, zone);
        const first = cells[0]?.[0];
        const moment = first ? Date.parse(first.dateTime) : day + DAY / 2;
        if (label) label.textContent = zoneLabel(zone, moment);
      }
      root.dispatchEvent(new CustomEvent("program:zone", { detail: zone }));
    }

    const form = root.querySelector("form[data-times]");
    const asked = root.dataset.offset === undefined ? null : Number(root.dataset.offset);
    const before = stored("cfp:zone", "event");
    const chosen = before === "mine" || Number.isInteger(before) ? before : "event";
    // What the address asks for comes before what was chosen earlier, or the page would say both.
    let choice = asked ?? ("refused" in root.dataset ? "event" : chosen);
    if (form) startChoice(form, choice, (other) => show((choice = other)), own);
    if (choice !== "event" && choice !== asked) show(choice);
    return () => zoneOf(choice);
  }

  function startChoice(form, choice, show, own) {
    const select = form.querySelector("[data-zone-choice]");
    const field = form.querySelector("#utc");
    const error = form.querySelector("#utc-error");
    const tools = [...form.querySelectorAll("[data-offset-tool]")];
    const refused = () => field.getAttribute("aria-invalid") === "true";

    function present(chosen) {
      const fixed = Number.isInteger(chosen);
      select.value = fixed || refused() ? "offset" : chosen;
      for (const tool of tools) tool.hidden = select.value !== "offset" || tool.matches("a");
      if (fixed) field.value = offsetText(chosen);
    }

    function refuse(text) {
      error.hidden = text === null;
      error.textContent = text === null ? "" : error.dataset.words.replace("{text}", text);
      field.toggleAttribute("aria-invalid", false);
      field.removeAttribute("aria-describedby");
      if (text === null) return;
      field.setAttribute("aria-invalid", "true");
      field.setAttribute("aria-describedby", error.id);
      field.focus();
    }

    function take(chosen) {
      refuse(null);
      store("cfp:zone", chosen);
      say(chosen);
      show(chosen);
      present(chosen);
    }

    // The address and the page must not tell two things: ?utc= stands there while it holds.
    function say(chosen) {
      const address = new URL(location.href);
      address.searchParams.delete("utc");
      if (Number.isInteger(chosen)) address.searchParams.set("utc", offsetText(chosen));
      try {
        history.replaceState(null, "", address);
      } catch {
        // A page opened as a file has no address to change.
      }
    }

    select.options[1].textContent += ` (${own})`;
    form.hidden = false;
    select.closest("[hidden]").hidden = false;
    if (Number.isInteger(choice) && root.dataset.offset !== undefined) store("cfp:zone", choice);
    present(choice);
    select.addEventListener("change", () => {
      if (select.value !== "offset") take(select.value);
      for (const tool of tools) tool.hidden = select.value !== "offset" || tool.matches("a");
      if (select.value === "offset") field.focus();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const minutes = readOffset(field.value);
      if (minutes !== null) return take(minutes);
      show("event");
      refuse(field.value.slice(0, 40));
    });
  }

  // Favorites, search, filters -------------------------------------------------------------

  const favoritesKey = `cfp:favorites:${root.dataset.slug}`;
  const favorites = new Set([stored(favoritesKey, [])].flat().filter((one) => typeof one === "string"));
  const stars = new Map();

  function addStars() {
    const template = document.querySelector("template[data-star]");
    if (!template) return;
    // Not in a row's heading, or it would be read out with every cell.
    for (const row of root.querySelectorAll("tr[data-talk]:not(.canceled)")) {
      const made = star(template, row.dataset.talk, row.querySelector(".talk a").textContent);
      row.querySelector(".time").append(" ", made);
    }
    for (const entry of root.querySelectorAll("article[data-talk]")) {
      const made = star(template, entry.dataset.talk, titleOf(entry.querySelector("h3")));
      entry.prepend(made);
    }
    const here = root.querySelector("[data-star-here]");
    if (here) here.append(star(template, here.dataset.starHere, root.querySelector("h1").textContent));
  }

  function titleOf(heading) {
    return heading.textContent.replace(/\s*\|TOP\|$/, "");
  }

  function star(template, code, title) {
    const button = template.content.firstElementChild.cloneNode(true);
    button.setAttribute("aria-label", template.dataset.star.replace("{title}", title));
    button.dataset.favorite = code;
    stars.set(code, [...(stars.get(code) ?? []), button]);
    return button;
  }

  function showFavorites() {
    for (const [code, buttons] of stars) {
      for (const one of buttons) one.setAttribute("aria-pressed", favorites.has(code));
    }
    const calendar = root.querySelector("a[data-favorites-ics]");
    if (!calendar) return;
    calendar.hidden = favorites.size === 0;
    if (!calendar.dataset.favoritesIcs) {
      const address = new URL(calendar.href);
      address.searchParams.set("talks", [...favorites].join(","));
      calendar.href = address;
    }
  }

  // A web host of files cannot pick entries; the whole calendar is cut here. Entries know their page.
  async function cutCalendar(event) {
    const link = event.currentTarget;
    if (!link.dataset.favoritesIcs) return;
    event.preventDefault();
    const whole = await (await fetch(link.href)).text();
    const mine = (entry) => [...favorites].some((code) => entry.replace(/\r\n /g, "").includes(`/talks/${code}/`));
    const text = whole.replace(/BEGIN:VEVENT[^]*?END:VEVENT\r\n/g, (entry) => (mine(entry) ? entry : ""));
    const save = document.createElement("a");
    save.href = URL.createObjectURL(new Blob([text], { type: "text/calendar" }));
    save.download = link.dataset.favoritesIcs;
    save.click();
    setTimeout(() => URL.revokeObjectURL(save.href), MINUTE);
  }

  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

  // Everything that is known of each talk, by its code.
  function talks() {
    const found = new Map();
    const of = (code) => {
      if (!found.has(code)) found.set(code, { text: fold(code), entry: null, rows: [] });
      return found.get(code);
    };
    for (const entry of root.querySelectorAll("article[data-talk]")) {
      const talk = of(entry.dataset.talk);
      Object.assign(talk, { entry, track: entry.dataset.track, type: entry.dataset.type });
      talk.text += ` ${fold(entry.textContent)}`;
    }
    for (const row of root.querySelectorAll("tr[data-talk]")) {
      const talk = of(row.dataset.talk);
      talk.rows.push(row);
      if (!talk.entry) talk.text += ` ${fold(row.textContent)}`;
    }
    return found;
  }

  function startFilters() {
    const form = root.querySelector("form[data-filters]");
    if (!form) return () => {};
    const search = form.querySelector("[data-program-search]");
    const filters = [...form.querySelectorAll("select[data-program-filter]")];
    const only = form.querySelector("[data-favorites-only]");
    const said = root.querySelector("[data-program-said]");
    const rows = [...root.querySelectorAll("section.day tbody tr:not(.session)")];
    const known = talks();

    const chosen = () => Object.fromEntries(filters.map((one) => [one.dataset.programFilter, one.value]));

    function isHere(row, { day, room }) {
      if (day && row.closest("section.day").dataset.day !== day) return false;
      const place = row.querySelector(".room")?.textContent ?? "";
      return !room || place === room || (row.matches(".break") && !place);
    }

    function fits(code, talk, words, { track, type }) {
      return (
        words.every((word) => talk.text.includes(word)) &&
        (!track || talk.track === track) &&
        (!type || talk.type === type) &&
        (!only.checked || favorites.has(code))
      );
    }

    function show() {
      const words = fold(search.value).split(/\s+/).filter(Boolean);
      const wanted = chosen();
      const picky = words.length > 0 || wanted.track || wanted.type || only.checked;
      for (const row of rows) row.hidden = Boolean(picky) || !isHere(row, wanted);
      let count = 0;
      for (const [code, talk] of known) {
        const fitting = fits(code, talk, words, wanted);
        for (const row of talk.rows) row.hidden = !fitting || !isHere(row, wanted);
        const placed = talk.rows.some((row) => !row.hidden);
        const free = talk.rows.length === 0 && !wanted.day && !wanted.room;
        if (talk.entry) talk.entry.hidden = !(fitting && (placed || free));
        if (fitting && (placed || free)) count += 1;
      }
      for (const group of root.querySelectorAll("section.day tbody, section.day")) {
        const inside = [...group.querySelectorAll("tr:not(.session, .now)")].filter((row) => row.closest("tbody"));
        group.hidden = inside.length > 0 && inside.every((row) => row.hidden);
      }
      said.hidden = !(picky || wanted.day || wanted.room);
      said.textContent = said.dataset.words.replace("{n}", count).replace("{all}", known.size);
    }

    form.hidden = false;
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", show);
    form.querySelector("[data-favorites-ics]")?.addEventListener("click", cutCalendar);
    // A link to what is filtered away shows everything again.
    addEventListener("hashchange", () => {
      if (!document.querySelector(":target")?.closest("[hidden]")) return;
      form.reset();
      show();
      document.querySelector(":target").scrollIntoView();
    });
    // What the browser has kept in the fields after going back.
    if (search.value || only.checked || filters.some((one) => one.value)) show();
    return () => only.checked && show();
  }

  // Now ------------------------------------------------------------------------------------

  function startNow(zone) {
    const link = document.querySelector("a[data-now]");
    if (!link) return;
    const line = document.createElement("tr");
    line.className = "now";
    line.id = "now";
    const cell = line.insertCell();
    cell.colSpan = 9;
    const moments = (row) => [...row.querySelectorAll(".time time")].map((one) => Date.parse(one.dateTime));

    function show() {
      const now = Date.now();
      line.remove();
      for (const row of root.querySelectorAll("tr.is-now")) row.classList.remove("is-now");
      const day = [...root.querySelectorAll("section.day")].find((one) => {
        const all = [...one.querySelectorAll("tr")].flatMap(moments);
        return all.length > 0 && Math.min(...all) <= now && now < Math.max(...all);
      });
      link.closest("li").hidden = !day;
      if (!day) return;
      const rows = [...day.querySelectorAll("tbody tr")].filter((row) => moments(row).length);
      for (const row of rows) {
        const [start, end] = moments(row);
        row.classList.toggle("is-now", start <= now && now < end);
      }
      const next = rows.find((row) => moments(row)[1] > now);
      cell.textContent = link.dataset.now.replace("{time}", clock(wall(now, zone())));
      const head = next.previousElementSibling?.matches(".session") ? next.previousElementSibling : next;
      head.before(line);
    }

    show();
    setInterval(show, MINUTE);
    root.addEventListener("program:zone", show);
    const jump = () => location.hash === "#now" && line.isConnected && line.scrollIntoView({ block: "center" });
    addEventListener("hashchange", jump);
    jump();
  }

  const zone = startTimes();
  addStars();
  const changed = startFilters();
  showFavorites();
  document.addEventListener("click", (event) => {
    const code = event.target.closest("button[data-favorite]")?.dataset.favorite;
    if (!code) return;
    if (!favorites.delete(code)) favorites.add(code);
    store(favoritesKey, [...favorites]);
    showFavorites();
    changed();
  });
  startNow(zone);
})();
