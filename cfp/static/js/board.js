// Cards of the decision board, dragged to another column with the mouse. Sends a form of the page,
// so that bars, counts and "Undo" are those of after the move; tells what came of it when the page is
// back. Fingers scroll; with keys, and without this module, the tick on each card does the same.

const REMEMBERED = "board-moved";

function start(form) {
  const said = document.querySelector("[data-board-said]");
  const lanes = [...document.querySelectorAll("[data-lane]")];
  let moving = null;

  function target(lane) {
    for (const one of lanes) one.classList.toggle("is-target", one === lane);
  }

  function drop(lane) {
    const name = lane.querySelector("h2").textContent.trim();
    const words = form.dataset.words.replace("{title}", moving.dataset.title);
    said.textContent = words.replace("{lane}", name);
    sessionStorage.setItem(REMEMBERED, moving.dataset.card);
    form.action = moving.dataset.move;
    form.elements.act.value = lane.dataset.lane || "clear";
    form.elements.revision.value = moving.dataset.mark;
    form.submit();
  }

  for (const card of document.querySelectorAll("[data-card]")) {
    card.draggable = true;
    for (const link of card.querySelectorAll("a")) link.draggable = false;
    card.addEventListener("dragstart", (event) => {
      moving = card;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", card.dataset.title);
      card.classList.add("is-moving");
    });
    card.addEventListener("dragend", () => {
      card.classList.remove("is-moving");
      target(null);
      moving = null;
    });
  }

  for (const lane of lanes) {
    lane.addEventListener("dragover", (event) => {
      if (!moving || lane.contains(moving)) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "move";
      target(lane);
    });
    lane.addEventListener("dragleave", (event) => {
      if (!lane.contains(event.relatedTarget)) target(null);
    });
    lane.addEventListener("drop", (event) => {
      if (!moving || lane.contains(moving)) return;
      event.preventDefault();
      drop(lane);
    });
  }

  const moved = sessionStorage.getItem(REMEMBERED);
  if (moved === null) return;
  sessionStorage.removeItem(REMEMBERED);
  const card = document.querySelector(`[data-card="${CSS.escape(moved)}"]`);
  card?.scrollIntoView({ block: "center" });
  card?.querySelector("a")?.focus({ preventScroll: true });
  // A live region is read when it changes, not as it was loaded.
  const notices = document.querySelector("#notices").textContent.trim().replace(/\s+/g, " ");
  setTimeout(() => (said.textContent = notices), 200);
}

for (const form of document.querySelectorAll("[data-board-move]")) start(form);
