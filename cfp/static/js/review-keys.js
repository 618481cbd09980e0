// Keys on the page of one review, inside [data-review-keys]: j and k to the next and previous
// criterion, 1 to 5 score it and go on, c the comment, x conflict, s skip, ? help. Never inside a
// text field, never with Ctrl, Alt or Meta; a switch turns them off, and stays so for the person
// named by the value of data-review-keys.
//
// Parts: [data-criterion] (forms.scale), [data-key-comment], [data-key-conflict],
// [data-key-skip], and review.keys_help() with its <dialog> and switch.

const page = document.querySelector("[data-review-keys]");
const STORE = `cfp:review-keys:${page?.dataset.reviewKeys ?? ""}`;
const help = document.querySelector("dialog[data-keys-help]");
const criteria = page ? [...page.querySelectorAll("[data-criterion]")] : [];

function remembered() {
  try {
    return localStorage.getItem(STORE) !== "off";
  } catch {
    return true;
  }
}

function remember(on) {
  try {
    localStorage.setItem(STORE, on ? "on" : "off");
  } catch {
    // Without a storage the switch holds for this page.
  }
}

let on = remembered();

function inTextField(target) {
  if (target.isContentEditable || target.matches("textarea, select")) return true;
  return target.matches("input") && !["radio", "checkbox", "button", "submit"].includes(target.type);
}

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
  box.querySelector("select, input:not([type=hidden]), textarea, button")?.focus();
}

const acts = {
  j: () => focusCriterion(Math.min(here() + 1, criteria.length - 1)),
  k: () => focusCriterion(Math.max(here() - 1, 0)),
  c: () => page.querySelector("[data-key-comment]")?.focus(),
  x: openConflict,
  s: () => press("[data-key-skip]"),
  "?": () => help?.showModal(),
};

function onKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || help?.open) return;
  if (!on || inTextField(event.target)) return;
  const act = /^[0-9]$/.test(event.key) ? () => score(event.key) : acts[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

function start() {
  document.addEventListener("keydown", onKey);
  const button = document.querySelector("[data-keys-open]");
  if (button) {
    button.hidden = false;
    button.addEventListener("click", () => help.showModal());
  }
  const toggle = document.querySelector("[data-keys-switch]");
  if (!toggle) return;
  toggle.checked = on;
  toggle.addEventListener("change", () => {
    on = toggle.checked;
    remember(on);
  });
}

if (page) start();
