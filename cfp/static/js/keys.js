// Keys of a page, inside [data-review-keys]: never inside a text field, never with Ctrl, Alt or Meta;
// a switch turns them off, and they stay so for the person named by the value of data-review-keys.
// The help and its switch: review.keys_help() with its <dialog>.

const page = document.querySelector("[data-review-keys]");
const STORE = `cfp:review-keys:${page?.dataset.reviewKeys ?? ""}`;
const help = document.querySelector("dialog[data-keys-help]");

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

// act: what a key does, or nothing where it does nothing. "?" is the help's.
export function listen(act) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || help?.open) return;
    if (!on || inTextField(event.target)) return;
    const found = event.key === "?" ? () => help?.showModal() : act(event.key);
    if (!found) return;
    event.preventDefault();
    if (!event.repeat) found();
  });
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
