// [data-schedule]: the tables of the days become grids in which things are moved. What is dropped is
// sent as the forms of the page would send it, and the part of the page that comes back is shown.

import { readModel, clock } from "./schedule-model.js";
import { DayGrid, element } from "./schedule-grid.js";
import { Mover } from "./schedule-move.js";

const KEY = "cfp.schedule.view";
const WIDE = matchMedia("(min-width: 900px)");
let said = "";

function wordsOf(root) {
  const found = {};
  for (const [name, text] of Object.entries(root.dataset)) {
    if (name.startsWith("word")) found[name[4].toLowerCase() + name.slice(5)] = text;
  }
  return found;
}

function freshKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(18));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function remembered() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function remember(view) {
  try {
    localStorage.setItem(KEY, view);
  } catch {
    // Private windows forget; that is theirs to decide.
  }
}

function start(root) {
  const words = wordsOf(root);
  const model = readModel(root);
  const status = root.querySelector("[data-schedule-said]");
  const say = (text) => (status.textContent = text);
  const grids = new Map();
  const mover = new Mover(model, grids, words, {
    say,
    side: root.querySelector(".schedule-side"),
    drop: (item, place, where) => drop(root, words, item, place, where),
  });
  const editable = "edit" in root.dataset;
  for (const section of root.querySelectorAll("[data-day]")) {
    const grid = new DayGrid(model, section.dataset.day, words);
    grids.set(section.dataset.day, grid);
    const box = grid.draw((card, slot) => editable && mover.attach(card, slot));
    box.setAttribute("role", "group");
    box.setAttribute("aria-labelledby", `day-${section.dataset.day}`);
    section.append(box);
  }
  if (editable) for (const talk of model.talks) mover.attach(talk.element, talk);
  chooseView(root, words, grids);
  searchUnplaced(root, model);
  sendQuietly(root, words);
  root.addEventListener("click", (event) => showInGrid(event, root, grids));
  if (said) say(said);
  said = "";
}

function chooseView(root, words, grids) {
  const group = element("div", "btn-group btn-group-sm view-switch");
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", words.view);
  const buttons = { grid: words.grid, list: words.list };
  const show = (view) => {
    root.classList.toggle("is-grid", view === "grid");
    for (const grid of grids.values()) grid.box.hidden = view !== "grid";
    for (const table of root.querySelectorAll("[data-day-table]")) table.hidden = view === "grid";
    for (const button of group.children) {
      button.setAttribute("aria-pressed", String(button.value === view));
    }
  };
  for (const [view, label] of Object.entries(buttons)) {
    const button = element("button", "btn btn-secondary", label);
    button.type = "button";
    button.value = view;
    button.addEventListener("click", () => {
      remember(view);
      show(view);
    });
    group.append(button);
  }
  const bar = root.querySelector(".schedule-bar") ?? root.querySelector(".schedule-state");
  bar.append(group);
  show(remembered() ?? (WIDE.matches ? "grid" : "list"));
  // Slots are chosen in the list.
  root.querySelector("#new-session")?.addEventListener("toggle", (event) => {
    if (event.target.open) show("list");
  });
}

function searchUnplaced(root, model) {
  const box = root.querySelector("[data-unplaced-search]");
  if (!box || model.talks.length < 6) return;
  box.hidden = false;
  const input = box.querySelector("input");
  input.addEventListener("input", () => {
    const wanted = input.value.trim().toLocaleLowerCase();
    for (const talk of model.talks) {
      const text = [talk.title, ...talk.speakers.values()].join(" ").toLocaleLowerCase();
      talk.element.hidden = !text.includes(wanted);
    }
  });
}

/** A link to a slot's row leads to its card while the grid is shown. */
function showInGrid(event, root, grids) {
  const link = event.target.closest('a[href^="#slot-"]');
  if (!link || !root.classList.contains("is-grid")) return;
  const id = link.hash.replace("#slot-", "");
  for (const grid of grids.values()) {
    const card = grid.cards.get(id);
    if (!card) continue;
    event.preventDefault();
    card.scrollIntoView({ block: "center" });
    (card.querySelector(".handle, a") ?? card).focus();
  }
}

/** Undo and redo without leaving the place one looks at. */
function sendQuietly(root, words) {
  for (const form of root.querySelectorAll(".schedule-bar form")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(root, words, form.action, new FormData(form));
    });
  }
}

function drop(root, words, item, place, where) {
  const fields = new FormData();
  const own = root.querySelector("[name=csrf_token]");
  fields.set("csrf_token", own.value);
  fields.set("key", freshKey());
  fields.set("revision", item.revision);
  let address = `${root.dataset.slots}${item.id}/`;
  if (place) {
    fields.set("day", place.day);
    fields.set("start", clock(place.from));
    fields.set("minutes", place.minutes);
    fields.set("room", place.room);
    if (item.plenary) fields.set("plenary", "y");
    if (item.pinned) fields.set("pinned", "y");
    if (item.session) fields.set("session", item.session);
  } else address += "remove";
  if (!item.id) {
    address = root.dataset.place;
    fields.set("what", item.code);
  } else if (!item.code) fields.set("title", item.title);
  const message = words.dropped.replace("{title}", item.title).replace("{place}", where);
  send(root, words, address, fields, { message, item });
}

async function send(root, words, address, fields, { message = "", item = null } = {}) {
  root.setAttribute("aria-busy", "true");
  try {
    const body = new URLSearchParams(fields);
    const answer = await fetch(address, { method: "POST", body });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (answer.ok && page.querySelector("[data-schedule]")) {
      show(root, page, message || notice(page), item);
      return;
    }
    await refused(root, words, page);
  } catch {
    root.removeAttribute("aria-busy");
    tell(root, words.failed);
  }
}

function notice(page) {
  return page.querySelector("main .notice")?.textContent.trim() ?? "";
}

/** Say why, and show the schedule as it is now. */
async function refused(root, words, page) {
  const errors = [...page.querySelectorAll(".error-summary li")];
  const parts = errors.length ? errors : [...page.querySelectorAll("main h1, main h1 ~ p")].slice(0, 2);
  const text = parts.map((one) => one.textContent.trim().replace(/\s+/g, " ")).join(". ");
  const sentence = text || words.failed;
  const answer = await fetch(location.href);
  const now = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!now.querySelector("[data-schedule]")) {
    location.reload();
    return;
  }
  tell(show(root, now, sentence), sentence);
}

/** Put the schedule of the fetched page in place of the old one; returns it. */
function show(root, page, message, item = null) {
  const at = { x: scrollX, y: scrollY };
  const fresh = document.importNode(page.querySelector("[data-schedule]"), true);
  root.replaceWith(fresh);
  said = message;
  start(fresh);
  scrollTo(at.x, at.y);
  if (item) focusOn(fresh, item);
  return fresh;
}

function focusOn(root, item) {
  const rows = [...root.querySelectorAll("[data-slot]")];
  const row = rows.find((one) => (item.id ? one.dataset.slot === item.id : one.dataset.code === item.code));
  const title = item.group ? item.title : (row?.dataset.title ?? item.title);
  const cards = [...root.querySelectorAll(".slot-card, [data-talk]")];
  const card = cards.find((one) => one.querySelector(".slot-title, a")?.textContent === title);
  card?.querySelector(".handle")?.focus({ preventScroll: true });
}

function tell(root, text) {
  const box = element("p", "notice notice-warning", text);
  root.prepend(box);
  root.querySelector("[data-schedule-said]").textContent = text;
}

for (const root of document.querySelectorAll("[data-schedule]")) start(root);
