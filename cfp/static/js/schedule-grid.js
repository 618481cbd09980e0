// Draws a day of the schedule as a grid of rooms by time. Positions are set through the CSSOM.

import { STEP, clock, lanes, together } from "./schedule-model.js";

export const PIXELS = 2.4; // per minute: ten minutes are as high as a target has to be
const EARLY = 9 * 60;
const LATE = 18 * 60;

export function element(name, className, text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

function put(card, { left, width, top, height }) {
  card.style.insetInlineStart = `${left}%`;
  card.style.width = `calc(${width}% - 3px)`;
  card.style.top = `${top}px`;
  card.style.height = `${height}px`;
}

/** The title of a slot, which leads to its page. */
function titleOf(slot, className = "slot-title") {
  const link = slot.element.querySelector("td:last-child a[href]");
  const title = element(link ? "a" : "span", className, slot.title);
  if (link) title.href = link.href;
  return title;
}

export class DayGrid {
  constructor(model, day, words) {
    this.model = model;
    this.day = day;
    this.words = words;
    this.slots = together(model.slots.filter((slot) => slot.day === day));
    const starts = this.slots.map((slot) => slot.from);
    const ends = this.slots.map((slot) => slot.from + slot.minutes + 60);
    this.start = Math.floor(Math.min(EARLY, ...starts) / 60) * 60;
    this.end = Math.ceil(Math.max(LATE, ...ends) / 60) * 60;
    this.cards = new Map();
  }

  /** The grid's element; `decorate(card, slot)` adds what can be done with a slot. */
  draw(decorate) {
    const { rooms } = this.model;
    this.box = element("div", "grid-box");
    const head = element("div", "grid-head");
    head.append(element("span", "grid-corner"));
    for (const room of rooms) head.append(element("span", "grid-room", room.name));
    this.body = element("div", "grid-body");
    this.body.style.height = `${(this.end - this.start) * PIXELS}px`;
    for (let hour = this.start; hour < this.end; hour += 60) {
      const line = element("span", "grid-hour", clock(hour));
      line.style.top = `${(hour - this.start) * PIXELS}px`;
      this.body.append(line);
    }
    this.area = element("div", "grid-area");
    rooms.forEach((_room, index) => {
      if (!index) return;
      const line = element("span", "grid-column");
      line.style.insetInlineStart = `${(100 / rooms.length) * index}%`;
      this.area.append(line);
    });
    const beside = this.lanes();
    for (const slot of this.slots) {
      const card = this.card(slot);
      decorate(card, slot);
      put(card, this.position(slot, beside.get(slot)));
      for (const one of slot.group ?? [slot]) this.cards.set(one.id, card);
      this.area.append(card);
    }
    this.body.append(this.area);
    this.box.style.setProperty("--rooms", rooms.length);
    this.box.append(head, this.body);
    return this.box;
  }

  lanes() {
    const found = new Map();
    for (const room of [0, ...this.model.rooms.map((one) => one.id)]) {
      const own = this.slots.filter((slot) => slot.room === room);
      for (const [slot, lane] of lanes(own)) found.set(slot, lane);
    }
    return found;
  }

  position({ room, from, minutes, plenary }, { lane, count } = { lane: 0, count: 1 }) {
    const { rooms } = this.model;
    const index = rooms.findIndex((one) => one.id === room);
    const whole = index < 0 || plenary;
    const column = whole ? 100 : 100 / rooms.length;
    const width = column / count;
    return {
      left: (whole ? 0 : index * column) + lane * width,
      width,
      top: (from - this.start) * PIXELS,
      height: Math.max(minutes, STEP) * PIXELS - 2,
    };
  }

  card(slot) {
    const card = element("article", "slot-card");
    const kinds = {
      "is-break": !slot.code,
      "is-plenary": slot.plenary,
      "is-pending": slot.pending,
      "is-gone": slot.gone,
      "is-warned": (slot.group ?? [slot]).some((one) => one.warned),
      "is-short": slot.minutes < 20,
      "in-session": Boolean(slot.session),
    };
    for (const [name, holds] of Object.entries(kinds)) card.classList.toggle(name, holds);
    const group = slot.group ?? [slot];
    const about = element("span", "slot-about", this.about(slot));
    const found = (what) => group.flatMap((one) => [...one.element.querySelectorAll(what)]);
    const marks = new Set(found(".state, .tag").map((mark) => mark.textContent));
    if (marks.size) about.textContent += ` · ${[...marks].join(", ")}`;
    card.append(slot.group ? element("span", "slot-title", slot.title) : titleOf(slot), about);
    const wrong = new Set(found(".field-error").map((one) => one.textContent));
    if (wrong.size) card.append(element("span", "slot-wrong", [...wrong].join(" · ")));
    if (slot.group) card.append(this.several(slot.group));
    return card;
  }

  several(group) {
    const list = element("ul", "slot-several");
    for (const one of group) {
      const line = element("li", "");
      line.append(titleOf(one, ""));
      list.append(line);
    }
    return list;
  }

  about(slot) {
    const time = `${clock(slot.from)}–${clock(slot.from + slot.minutes)}`;
    const where = slot.plenary && slot.roomName ? `, ${slot.roomName}` : "";
    const session = slot.group ? "" : slot.sessionTitle;
    return `${time}${where}${session ? ` · ${session}` : ""}`;
  }

  /** Where a point of the screen is in this day, or null beside it. */
  placeAt(x, y, minutes) {
    const area = this.area.getBoundingClientRect();
    const { rooms } = this.model;
    if (x < area.left || x >= area.right || y < area.top - 30 || y >= area.bottom) return null;
    const share = (x - area.left) / area.width;
    const column = document.dir === "rtl" ? 1 - share : share;
    const index = Math.min(Math.floor(column * rooms.length), rooms.length - 1);
    const raw = this.start + (y - area.top) / PIXELS;
    const from = Math.min(Math.max(Math.round(raw / STEP) * STEP, this.start), this.end - STEP);
    return { day: this.day, room: rooms[index].id, from, minutes };
  }

  /** Paint when its speakers can't. */
  paint(item) {
    for (const one of item.shut.filter((shut) => shut.day === this.day)) {
      const from = Math.max(one.from, this.start);
      const to = Math.min(one.to, this.end);
      if (from >= to) continue;
      const zone = element("span", "grid-shut");
      put(zone, { left: 0, width: 100, top: (from - this.start) * PIXELS, height: (to - from) * PIXELS });
      this.area.append(zone);
    }
  }

  /** Show a moving thing at its place. */
  show(ghost, place, plenary) {
    if (ghost.parentElement !== this.area) this.area.append(ghost);
    put(ghost, this.position({ ...place, plenary }));
  }

  clear() {
    for (const zone of this.area.querySelectorAll(".grid-shut")) zone.remove();
    for (const card of this.cards.values()) card.classList.remove("is-same", "is-moving");
  }
}
