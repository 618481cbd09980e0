// Moving in the grid: with the mouse, with a finger on the handle, or with the keys. While something
// moves, what speaks against each place is painted and said; nothing is sent before it is dropped.

import { DAY, STEP, clashes, clock, firstPlace, sharing } from "./schedule-model.js";
import { element } from "./schedule-grid.js";

const FAR = 5; // pixels that make a press a drag
const EDGE = 60; // pixels from the window's edge where it begins to scroll
const KEYS = {
  ArrowUp: { from: -STEP },
  ArrowDown: { from: STEP },
  ArrowLeft: { room: -1 },
  ArrowRight: { room: 1 },
  PageUp: { day: -1 },
  PageDown: { day: 1 },
  "+": { minutes: STEP },
  "-": { minutes: -STEP },
};

export class Mover {
  /** drop(item, place or null for "without a slot") sends; say(text) speaks. */
  constructor(model, grids, words, { drop, say, side }) {
    Object.assign(this, { model, grids, words, drop, say, side });
    this.moving = null;
  }

  /** Make an element (a card or a line of the list) something that can be moved. */
  attach(holder, item) {
    const handle = element("button", "handle");
    handle.type = "button";
    handle.append(element("span", "visually-hidden", fill(this.words.handle, item)));
    holder.prepend(handle);
    // The browser's own dragging of links would take the pointer away.
    for (const link of holder.querySelectorAll("a")) link.draggable = false;
    handle.addEventListener("click", (event) => {
      if (event.detail === 0) this.toggle(item, handle);
    });
    handle.addEventListener("keydown", (event) => this.press(event));
    handle.addEventListener("blur", () => this.moving?.keys && this.cancel());
    holder.addEventListener("pointerdown", (event) => {
      const onHandle = event.target === handle;
      if (event.button !== 0 || (event.pointerType !== "mouse" && !onHandle)) return;
      this.watch(event, item, holder);
    });
  }

  // With the pointer -----------------------------------------------------------------------

  watch(down, item, holder) {
    const start = { x: down.clientX, y: down.clientY };
    const top = holder.getBoundingClientRect().top;
    const grip = item.id ? down.clientY - top : 0;
    const stop = new AbortController();
    const options = { signal: stop.signal };
    let last = down;
    const follow = () => {
      if (!this.moving || this.moving.keys) return;
      const edge = last.clientY < EDGE ? -1 : last.clientY > innerHeight - EDGE ? 1 : 0;
      if (edge) scrollBy(0, edge * 12);
      this.point(last.clientX, last.clientY, grip);
      this.frame = requestAnimationFrame(follow);
    };
    const move = (event) => {
      last = event;
      const far = Math.hypot(event.clientX - start.x, event.clientY - start.y) > FAR;
      if (this.moving || !far) return;
      event.preventDefault();
      this.begin(item, false);
      follow();
    };
    const end = (event) => {
      stop.abort();
      cancelAnimationFrame(this.frame);
      if (!this.moving || this.moving.keys) return;
      swallowClick();
      if (event.type === "pointerup") {
        this.point(event.clientX, event.clientY, grip);
        this.finish();
      } else this.cancel();
    };
    addEventListener("pointermove", move, options);
    addEventListener("pointerup", end, options);
    addEventListener("pointercancel", end, options);
    addEventListener("keydown", (event) => event.key === "Escape" && end(event), options);
  }

  point(x, y, grip) {
    const { item } = this.moving;
    const over = document.elementFromPoint(x, y);
    // The posters of a session are taken out one by one, in the list.
    this.moving.out = Boolean(item.id && !item.group && over?.closest("[data-unplaced], .schedule-side"));
    this.side?.classList.toggle("is-target", this.moving.out);
    if (this.moving.out) return;
    for (const grid of this.grids.values()) {
      const place = grid.placeAt(x, y - grip, item.minutes);
      if (!place) continue;
      this.to({ ...place, room: this.fixedRoom(item) ?? place.room });
      return;
    }
  }

  /** What is everywhere or for everybody keeps its room; its page can give it another. */
  fixedRoom(item) {
    return item.id && (!item.room || item.plenary) ? item.room : null;
  }

  // With the keys --------------------------------------------------------------------------

  toggle(item, handle) {
    if (this.moving?.item === item) {
      this.finish();
      return;
    }
    if (this.moving) this.cancel();
    this.begin(item, true, handle);
    const { day, room, from, minutes } = item;
    this.to(item.id ? { day, room, from, minutes } : firstPlace(this.model, item, this.near()), true);
    this.say(fill(this.words.picked, item));
  }

  press(event) {
    if (!this.moving?.keys) return;
    if (event.key === "Escape") {
      event.preventDefault();
      this.cancel();
      return;
    }
    const change = KEYS[event.key === "=" ? "+" : event.key];
    if (!change || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.to(this.changed(change, event.shiftKey ? 6 : 1), true);
  }

  changed(change, times) {
    const { item, place } = this.moving;
    const next = { ...place };
    if (change.from) next.from += change.from * times;
    next.from = Math.min(Math.max(next.from, 0), DAY - STEP);
    if (change.minutes) next.minutes = Math.min(Math.max(next.minutes + change.minutes, STEP), DAY);
    if (change.room && this.fixedRoom(item) === null) {
      next.room = neighbor(this.model.rooms.map((room) => room.id), place.room, change.room);
    }
    if (change.day) next.day = neighbor(this.model.days, place.day, change.day);
    return next;
  }

  /** The day one looks at: the first whose end is below the middle of the window. */
  near() {
    const { days } = this.model;
    const middle = innerHeight / 2;
    return (
      days.find((day) => this.grids.get(day).box.getBoundingClientRect().bottom > middle) ?? days[0]
    );
  }

  // Either way -----------------------------------------------------------------------------

  begin(item, keys, handle = null) {
    const ghost = element("div", "slot-card is-ghost");
    ghost.append(element("span", "slot-title", item.title), element("span", "slot-about"));
    ghost.setAttribute("aria-hidden", "true");
    this.moving = { item, keys, handle, ghost, place: null, out: false };
    document.documentElement.classList.add("is-dragging");
    for (const grid of this.grids.values()) {
      grid.paint(item);
      grid.cards.get(item.id)?.classList.add("is-moving");
    }
    for (const other of sharing(this.model, item)) {
      this.grids.get(other.day)?.cards.get(other.id)?.classList.add("is-same");
    }
  }

  to(place, aloud = false) {
    const { item, ghost } = this.moving;
    const old = this.moving.place;
    const same = old && ["day", "room", "from", "minutes"].every((name) => old[name] === place[name]);
    if (same) return;
    this.moving.place = place;
    const grid = this.grids.get(place.day);
    grid.show(ghost, place, item.plenary);
    const wrong = clashes(this.model, item, place).map(([kind, word]) =>
      this.words[kind].replace("{title}", word).replace("{name}", word),
    );
    ghost.classList.toggle("is-bad", wrong.length > 0);
    const time = `${clock(place.from)}–${clock(place.from + place.minutes)}`;
    ghost.lastChild.textContent = [time, ...new Set(wrong)].join(" · ");
    if (aloud) {
      ghost.scrollIntoView({ block: "nearest", inline: "nearest" });
      this.say([this.where(place), wrong.length ? [...new Set(wrong)].join(", ") : this.words.free].join(": "));
    }
  }

  where({ day, room, from, minutes }) {
    const name = this.model.rooms.find((one) => one.id === room)?.name ?? this.words.everywhere;
    const title = document.getElementById(`day-${day}`)?.textContent ?? day;
    const rooms = this.model.rooms.length > 1 ? `, ${name}` : "";
    return `${title}, ${clock(from)}–${clock(from + minutes)}${rooms}`;
  }

  finish() {
    const { item, place, out } = this.moving;
    this.end();
    if (out) {
      this.drop(item, null, this.words.out);
      return;
    }
    const stays =
      item.id && ["day", "room", "from", "minutes"].every((name) => item[name] === place?.[name]);
    if (!place || stays) this.say(this.words.left);
    else this.drop(item, place, this.where(place));
  }

  cancel() {
    if (!this.moving) return;
    this.end();
    this.say(this.words.left);
  }

  end() {
    this.moving.ghost.remove();
    this.moving = null;
    this.side?.classList.remove("is-target");
    document.documentElement.classList.remove("is-dragging");
    for (const grid of this.grids.values()) grid.clear();
  }
}

function neighbor(list, current, step) {
  const index = Math.max(list.indexOf(current), 0) + step;
  return list[Math.min(Math.max(index, 0), list.length - 1)];
}

function fill(words, item) {
  return words.replace("{title}", item.title);
}

/** The click that ends a drag opens nothing. */
function swallowClick() {
  const stop = new AbortController();
  const swallow = (event) => {
    event.preventDefault();
    event.stopPropagation();
    stop.abort();
  };
  addEventListener("click", swallow, { capture: true, signal: stop.signal });
  setTimeout(() => stop.abort(), 0);
}
