// What stands where in the schedule, read from its tables, and what would clash where: no pixels.

export const STEP = 5;
export const DAY = 1440;

function pairs(text) {
  const found = new Map();
  for (const part of (text ?? "").split(";")) {
    const colon = part.indexOf(":");
    if (colon > 0) found.set(part.slice(0, colon), part.slice(colon + 1));
  }
  return found;
}

function shutTimes(text) {
  return (text ?? "")
    .split(",")
    .filter(Boolean)
    .map((part) => {
      const [day, from, to] = part.split(" ");
      return { day, from: Number(from), to: Number(to) };
    });
}

function itemOf(element) {
  const data = element.dataset;
  return {
    element,
    id: data.slot ?? "",
    code: data.code || data.talk || "",
    title: data.title,
    revision: data.revision ?? "",
    day: element.closest("[data-day]")?.dataset.day ?? "",
    room: Number(data.room ?? 0),
    roomName: data.roomName ?? "",
    from: Number(data.from ?? 0),
    minutes: Number(data.minutes),
    speakers: pairs(data.speakers),
    shut: shutTimes(data.shut),
    session: data.session ?? "",
    sessionTitle: data.sessionTitle ?? "",
    posters: "posters" in data,
    pinned: "pinned" in data,
    plenary: "plenary" in data,
    pending: "pending" in data,
    gone: "gone" in data,
    warned: "warned" in data,
  };
}

export function readModel(root) {
  const slots = [...root.querySelectorAll("[data-slot]")].map(itemOf);
  const talks = [...root.querySelectorAll("[data-talk]")].map(itemOf);
  const rooms = JSON.parse(root.dataset.rooms).map(([id, name]) => ({ id, name }));
  for (const slot of slots) {
    // A room that is not used any more, but still holds something.
    if (slot.room && !rooms.some((room) => room.id === slot.room)) {
      rooms.push({ id: slot.room, name: slot.roomName });
    }
  }
  const days = [...root.querySelectorAll("[data-day]")].map((section) => section.dataset.day);
  return { slots, talks, rooms, days };
}

/** The posters of a session as one thing: they share room and time, and move together. */
export function together(slots) {
  const found = new Map();
  for (const slot of slots) {
    const key = slot.posters && slot.session ? `session ${slot.session}` : `slot ${slot.id}`;
    if (!found.has(key)) found.set(key, []);
    found.get(key).push(slot);
  }
  return [...found.values()].map((group) => {
    const speakers = new Map(group.flatMap((one) => [...one.speakers]));
    const own = { ...group[0], group, speakers, shut: group.flatMap((one) => one.shut) };
    return group.length > 1 ? { ...own, title: own.sessionTitle } : group[0];
  });
}

/** What everybody goes to: a plenary, and what has no room of its own, as lunch. */
const forAll = (one) => one.plenary || !one.room;

const meets = (from, to, since, until) => from < until && since < to;

/** Why `item` should not be at that place: [kind, word], the worst first; [] when it may. */
export function clashes(model, item, place) {
  const { day, room, from, minutes } = place;
  const found = [];
  for (const other of model.slots) {
    if (other.id === item.id && item.id) continue;
    if (other.day !== day || !meets(from, from + minutes, other.from, other.from + other.minutes)) {
      continue;
    }
    if (item.posters && item.session && other.session === item.session) continue;
    const talks = Boolean(item.code || other.code);
    if (room && other.room === room) found.push(["taken", other.title]);
    else if (other.plenary || (talks && forAll(other))) found.push(["plenary", other.title]);
    else if (item.plenary || (talks && !room)) found.push(["taken", other.title]);
    for (const [key, name] of item.speakers) {
      if (other.speakers.has(key)) found.push(["speaks", name]);
    }
  }
  const shut = item.shut.some(
    (one) => one.day === day && meets(from, from + minutes, one.from, one.to),
  );
  if (shut) found.push(["shut", ""]);
  return found;
}

/** Which slots share a speaker with it: they are shown while it moves. */
export function sharing(model, item) {
  const own = (item.group ?? [item]).map((one) => one.id);
  return model.slots.filter(
    (other) => !own.includes(other.id) && [...item.speakers.keys()].some((key) => other.speakers.has(key)),
  );
}

/** Where it could go first: after the last thing in the first room of a day. */
export function firstPlace(model, item, day) {
  const room = model.rooms[0]?.id ?? 0;
  const ends = model.slots
    .filter((one) => one.day === day && (one.room === room || !one.room))
    .map((one) => one.from + one.minutes);
  const from = Math.min(ends.length ? Math.max(...ends) : 9 * 60, DAY - STEP);
  return { day, room, from: Math.round(from / STEP) * STEP, minutes: item.minutes };
}

export function clock(minutes) {
  const within = ((minutes % DAY) + DAY) % DAY;
  const hours = String(Math.floor(within / 60)).padStart(2, "0");
  return `${hours}:${String(within % 60).padStart(2, "0")}`;
}

/** Side by side what overlaps: each slot gets its lane and how many there are. */
export function lanes(slots) {
  const found = new Map();
  let group = [];
  let end = -1;
  const close = () => {
    const count = Math.max(0, ...group.map(([, lane]) => lane)) + 1;
    for (const [slot, lane] of group) found.set(slot, { lane, count });
    group = [];
  };
  for (const slot of [...slots].sort((a, b) => a.from - b.from || b.minutes - a.minutes)) {
    if (slot.from >= end) close();
    const busy = group.filter(([other]) => other.from + other.minutes > slot.from);
    const taken = new Set(busy.map(([, lane]) => lane));
    let lane = 0;
    while (taken.has(lane)) lane += 1;
    group.push([slot, lane]);
    end = Math.max(end, slot.from + slot.minutes);
  }
  close();
  return found;
}
