// form[data-mentions]: the people one may mention, as buttons that put "@Name" where one writes.
// While an "@" and the beginning of a name stand before the cursor, only those who fit are shown.
// Without script the names stand there to be typed.

function begun(field) {
  const before = field.value.slice(0, field.selectionStart);
  const match = /(?:^|[^\p{L}\p{N}])@([\p{L}\p{N} .'-]{0,40})$/u.exec(before);
  return match ? match[1] : null;
}

const plain = (text) =>
  text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase();

function start(form) {
  const field = form.querySelector("textarea");
  const buttons = [...form.querySelectorAll("[data-mention]")];
  if (!field || !buttons.length) return;
  form.querySelectorAll("[data-mention-plain]").forEach((one) => one.remove());

  function show() {
    const typed = plain(begun(field) ?? "");
    const fits = (button) => plain(button.dataset.mention).includes(typed);
    const any = buttons.some(fits);
    for (const button of buttons) button.hidden = any && !fits(button);
  }

  function put(name) {
    const typed = begun(field);
    const end = field.selectionStart;
    const from = typed === null ? end : end - typed.length - 1;
    const gap = from > 0 && !/\s$/.test(field.value.slice(0, from)) ? " " : "";
    field.setRangeText(`${gap}@${name} `, from, end, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
    show();
  }

  field.addEventListener("input", show);
  for (const button of buttons) {
    button.addEventListener("click", () => put(button.dataset.mention));
  }
  show();
}

for (const form of document.querySelectorAll("form[data-mentions]")) start(form);
