// [data-rows=NAME], made by forms.rows(): add, remove and move rows without a round trip.
// Names count from 0 (NAME-0-field), so after every change the rows are numbered anew.

function number(list) {
  const { rows: name } = list.dataset;
  const pattern = new RegExp(`^${name}-\\d+(?=-)`);
  [...list.querySelectorAll("[data-row]")].forEach((row, index) => {
    for (const element of row.querySelectorAll("*")) {
      for (const attribute of ["id", "name", "for", "aria-describedby"]) {
        const value = element.getAttribute(attribute);
        if (!value) continue;
        const words = value.split(" ").map((word) => word.replace(pattern, `${name}-${index}`));
        element.setAttribute(attribute, words.join(" "));
      }
      if (element.matches("[data-row-number]")) element.textContent = index + 1;
    }
    for (const button of row.querySelectorAll("[data-row-up], [data-row-remove]")) {
      button.name = button.name.replace(/-\d+$/, `-${index}`);
    }
    row.querySelector("[data-row-up]").disabled = index === 0;
  });
}

function blank(row) {
  const copy = row.cloneNode(true);
  for (const field of copy.querySelectorAll("input, textarea, select")) {
    if (["checkbox", "radio"].includes(field.type)) field.checked = field.defaultChecked = false;
    else if (field.localName === "select") field.selectedIndex = 0;
    else field.value = field.defaultValue = "";
    field.removeAttribute("aria-invalid");
  }
  copy.querySelectorAll(".field-error").forEach((message) => message.remove());
  copy.querySelectorAll(".has-error").forEach((field) => field.classList.remove("has-error"));
  return copy;
}

function start(list) {
  const place = list.querySelector("[data-rows-list]");
  const said = list.querySelector("[data-rows-said]");
  const rows = () => [...place.querySelectorAll("[data-row]")];
  if (!rows().length) return;
  const pattern = blank(rows()[0]);

  function done(key, focus) {
    number(list);
    said.textContent = said.dataset[key];
    focus?.focus();
    list.dispatchEvent(new Event("input", { bubbles: true }));
  }

  const acts = {
    rowAdd() {
      place.append(pattern.cloneNode(true));
      done("added", rows().at(-1).querySelector("input:not([type=hidden])"));
    },
    rowRemove(button) {
      const row = button.closest("[data-row]");
      const next = row.nextElementSibling ?? row.previousElementSibling;
      row.remove();
      done("removed", next?.querySelector("[data-row-remove]") ?? list.querySelector("[data-row-add]"));
    },
    rowUp(button) {
      const row = button.closest("[data-row]");
      row.previousElementSibling?.before(row);
      number(list);
      done("moved", button.disabled ? row.querySelector("[data-row-remove]") : button);
    },
  };

  list.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    const act = button && Object.keys(acts).find((name) => name in button.dataset);
    if (!act) return;
    event.preventDefault();
    acts[act](button);
  });
}

for (const list of document.querySelectorAll("[data-rows]")) start(list);
