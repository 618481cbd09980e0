// What one types is mirrored in the browser's storage until the server has it.
//
// A storage may be missing or full; then there is no mirror and everything else works.

const PREFIX = "cfp:draft:";
const SENT = "cfp:sent";

function quietly(act) {
  try {
    return act();
  } catch {
    return null;
  }
}

// A form that stands at two addresses says as what it is kept.
export const mirrorName = ({ dataset }) =>
  `${PREFIX}${dataset.owner ?? ""}:${dataset.keptAs || dataset.autosave || location.pathname}`;

// Fields a person types into: [name, value] in the form's order.
export const typed = (form) => fields(form, ({ checked }) => checked, ({ value }) => value);

// The same as the server wrote them. A page is typed into before its scripts have come, and a browser
// fills it in again after a reload: both differ from this, and no event tells a script of them.
export const written = (form) => fields(form, ({ defaultChecked }) => defaultChecked, writtenValue);

function fields(form, isOn, valueOf) {
  const kinds = new Set(["hidden", "password", "file", "submit", "button"]);
  return [...form.elements]
    .filter((field) => field.name && !kinds.has(field.type) && field.localName !== "fieldset")
    .filter((field) => !["checkbox", "radio"].includes(field.type) || isOn(field))
    .map((field) => [field.name, valueOf(field)]);
}

function writtenValue(field) {
  if (field.localName !== "select") return field.defaultValue;
  const options = [...field.options];
  return (options.find(({ defaultSelected }) => defaultSelected) ?? options[0])?.value ?? "";
}

export const isTypedInto = (form) => JSON.stringify(typed(form)) !== JSON.stringify(written(form));

export function keep(form) {
  const entry = JSON.stringify({ at: Date.now(), values: typed(form) });
  return quietly(() => (localStorage.setItem(mirrorName(form), entry), true)) ?? false;
}

export function kept(form) {
  return quietly(() => JSON.parse(localStorage.getItem(mirrorName(form))));
}

export function forget(name) {
  quietly(() => localStorage.removeItem(name));
}

export function forgetAll() {
  const names = quietly(() => Object.keys(localStorage)) ?? [];
  names.filter((name) => name.startsWith(PREFIX)).forEach(forget);
}

export function markSent(form) {
  quietly(() => sessionStorage.setItem(SENT, mirrorName(form)));
}

// A form that was sent and led to a page that is not the form again has arrived.
export function forgetSent() {
  const name = quietly(() => sessionStorage.getItem(SENT));
  if (!name) return;
  const forms = [...document.querySelectorAll("form[data-autosave]")];
  if (forms.some((form) => mirrorName(form) === name)) return;
  forget(name);
  quietly(() => sessionStorage.removeItem(SENT));
}

// Put mirrored values back; a list of rows grows until it has room for them.
export function restore(form, values) {
  growRows(form, values);
  const byName = new Map();
  for (const [name, value] of values) {
    byName.set(name, [...(byName.get(name) ?? []), value]);
  }
  for (const field of form.elements) {
    if (["hidden", "password", "file", "submit", "button"].includes(field.type)) continue;
    const found = byName.get(field.name);
    if (["checkbox", "radio"].includes(field.type)) {
      field.checked = Boolean(found?.includes(field.value));
    } else if (found) {
      field.value = found[0];
    }
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

function growRows(form, values) {
  for (const list of form.querySelectorAll("[data-rows]")) {
    const pattern = new RegExp(`^${list.dataset.rows}-(\\d+)-`);
    const needed = Math.max(0, ...values.map(([name]) => Number(pattern.exec(name)?.[1] ?? -1) + 1));
    const add = list.querySelector("[data-row-add]");
    const size = () => list.querySelectorAll("[data-row]").length;
    for (let tries = needed - size(); tries > 0; tries -= 1) add?.click();
  }
}
