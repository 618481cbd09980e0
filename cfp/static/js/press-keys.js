// Keys that press a button: [data-key] names them, with spaces between. See keys.js.

import { listen } from "./keys.js";

const buttons = new Map();
for (const button of document.querySelectorAll("[data-key]")) {
  for (const key of button.dataset.key.split(" ")) buttons.set(key, button);
}

if (document.querySelector("[data-review-keys]")) {
  listen((key) => {
    const button = buttons.get(key);
    return button && (() => button.click());
  });
}
