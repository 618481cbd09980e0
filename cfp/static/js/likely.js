// input[data-likely=URL]: fills its datalist with what the page of that address names in data-named,
// once somebody comes to the field: looking for it takes too long to do it for every page.

function start(input) {
  async function fill() {
    const answer = await fetch(input.dataset.likely).catch(() => null); // offline: type it, then
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const options = [...page.querySelectorAll("[data-named]")].map((one) => {
      const option = document.createElement("option");
      option.value = one.dataset.named;
      return option;
    });
    input.list.replaceChildren(...options);
  }

  if (input === document.activeElement) fill();
  else input.addEventListener("focus", fill, { once: true });
}

for (const input of document.querySelectorAll("input[data-likely]")) start(input);
