// Keys on the page of one review, inside [data-review-keys]: j and k to the next and previous
// criterion, 1 to 5 score it and go on, c the comment, x conflict, s skip, ? help. Never inside a
// text field; see keys.js.
//
// Parts: [data-criterion] (forms.scale), [data-key-comment], [data-key-conflict],
// [data-key-skip], and review.keys_help() with its <dialog> and switch.

import { listen } from "./keys.js";

const page = document.querySelector("[data-review-keys]");
const criteria = page ? [...page.querySelectorAll("[data-criterion]")] : [];

function focusCriterion(index) {
  const options = criteria[index]?.querySelectorAll("input[type=radio]");
  if (!options?.length) return;
  ([...options].find((option) => option.checked) ?? options[0]).focus();
}

const here = () => criteria.findIndex((one) => one.contains(document.activeElement));

function score(key) {
  const index = Math.max(here(), 0);
  const options = [...(criteria[index]?.querySelectorAll("input[type=radio]") ?? [])];
  const option = options.find((one) => one.value === key);
  if (!option) return;
  option.checked = true;
  option.dispatchEvent(new Event("input", { bubbles: true }));
  option.dispatchEvent(new Event("change", { bubbles: true }));
  if (index + 1 < criteria.length) focusCriterion(index + 1);
  else option.focus();
}

const press = (selector) => document.querySelector(selector)?.click();

function openConflict() {
  const box = document.querySelector("[data-key-conflict]")?.closest("details");
  if (!box) return;
  box.open = true;
  // The chosen one is where Tab would stop: from any other, Tab leads to it and no further.
  (box.querySelector("input:checked") ?? box.querySelector("input:not([type=hidden])")).focus();
}

const acts = {
  j: () => focusCriterion(Math.min(here() + 1, criteria.length - 1)),
  k: () => focusCriterion(Math.max(here() - 1, 0)),
  c: () => page.querySelector("[data-key-comment]")?.focus(),
  x: openConflict,
  s: () => press("[data-key-skip]"),
};

if (page) listen((key) => (/^[0-9]$/.test(key) ? () => score(key) : acts[key]));
