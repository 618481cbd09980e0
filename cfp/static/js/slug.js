// [data-slug-source=ID]: while nobody has typed into the field ID, it proposes what the name gives.

const LONGEST = 40;

function slug(name) {
  const plain = name.normalize("NFKD").replace(/\p{Mn}/gu, "").toLowerCase();
  return plain.replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, LONGEST).replace(/-+$/, "");
}

for (const source of document.querySelectorAll("[data-slug-source]")) {
  const target = document.getElementById(source.dataset.slugSource);
  let proposed = target.value;

  function propose() {
    if (target.value !== proposed) return;
    proposed = slug(source.value);
    target.value = proposed;
  }

  source.addEventListener("input", propose);
  if (source.value !== source.defaultValue) propose(); // typed before this module had come
}
