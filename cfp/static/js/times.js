// Moments in the reader's own zone beside the conference's, and countdowns that go on counting.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const language = document.documentElement.lang || "en";

function shownOffset(iso) {
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)$/.exec(iso) ?? [, "+", 0, 0];
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

function addOwnTime(element, words) {
  const moment = new Date(element.dateTime);
  const ownOffset = -moment.getTimezoneOffset();
  if (ownOffset === shownOffset(element.dateTime)) return;
  const sameDay = Number(element.dateTime.slice(8, 10)) === moment.getDate();
  const time = new Intl.DateTimeFormat(language, {
    ...(sameDay ? {} : { weekday: "short" }),
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(moment);
  const own = document.createElement("span");
  own.className = "zone";
  own.textContent = ` (${words.replace("{time}", time)})`;
  element.parentElement.append(own);
}

function distance(milliseconds) {
  const size = Math.abs(milliseconds);
  const format = new Intl.RelativeTimeFormat(language);
  if (size < 1.5 * HOUR) return format.format(Math.trunc(milliseconds / MINUTE), "minute");
  if (size < 1.5 * DAY) return format.format(Math.round(milliseconds / HOUR), "hour");
  return format.format(Math.round(milliseconds / DAY), "day");
}

function count(elements) {
  for (const element of elements) {
    element.textContent = `(${distance(Date.parse(element.dataset.countdown) - Date.now())})`;
  }
}

export function startTimes() {
  const words = document.body.dataset.ownTime;
  if (words) {
    for (const element of document.querySelectorAll("time[data-own-time]")) {
      addOwnTime(element, words);
    }
  }
  const countdowns = [...document.querySelectorAll("[data-countdown]")];
  if (countdowns.length) setInterval(count, MINUTE / 2, countdowns);
}
