// [data-bulk], made by lists.bulk_bar(): shows how many rows are picked and which, before it acts.
// Without this module the bar simply stands below its list.

const TITLES = 5;

function start(bar) {
  const form = bar.closest("form");
  const line = bar.querySelector("[data-bulk-titles]");
  const all = form.querySelector("[data-pick-all]");
  const boxes = [...form.querySelectorAll("input[name=picked]")];

  function show() {
    const picked = boxes.filter((box) => box.checked);
    const titles = picked.slice(0, TITLES).map((box) => box.dataset.title);
    if (picked.length > TITLES) titles.push("…");
    bar.hidden = picked.length === 0;
    line.textContent = picked.length
      ? `${bar.dataset.words.replace("{n}", picked.length)} ${titles.join(" · ")}`
      : "";
    if (!all) return;
    all.checked = picked.length === boxes.length && boxes.length > 0;
    all.indeterminate = picked.length > 0 && !all.checked;
  }

  form.addEventListener("change", (event) => {
    if (event.target === all) boxes.forEach((box) => (box.checked = all.checked));
    if (event.target === all || boxes.includes(event.target)) show();
  });
  if (all) all.hidden = false;
  // The browser may have kept ticks over a reload.
  addEventListener("pageshow", show);
  show();
}

for (const bar of document.querySelectorAll("[data-bulk]")) start(bar);
