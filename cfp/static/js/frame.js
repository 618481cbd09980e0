// Every page behind a log-in, and those of a mail's button: menus, times, and what becomes of mirrored drafts.
import { forgetAll, forgetSent } from "./mirror.js";
import { startMenus } from "./menus.js";
import { startTimes } from "./times.js";

startMenus();
startTimes();
forgetSent();

// Nobody who uses this browser next shall find what one had typed.
document.querySelector("form[data-log-out]")?.addEventListener("submit", forgetAll);
