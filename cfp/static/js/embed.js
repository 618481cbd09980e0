// Shows a program on somebody else's page, where the script stands:
//
//   <script src="https://cfp.example.org/netconf/program/embed.js" async></script>
//
// Without a frame and without cookies: the fragment beside this script is fetched and put into a
// shadow root, so that neither page's styles reach the other's. data-theme="light" or "dark" fixes
// the colors; custom properties --cfp-accent and --cfp-font set from outside are taken over.
"use strict";
(() => {
  const script = document.currentScript;
  const source = new URL("embed.html", script.src);
  const host = document.createElement("div");
  script.after(host);
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { display: block; color-scheme: ${script.dataset.theme ?? "light dark"}; overflow-wrap: anywhere; }
    .cfp-program { color: light-dark(#1d2126, #e8eaed); font: 1rem/1.5 var(--cfp-font, system-ui, sans-serif); }
    .cfp-title { margin: 0 0 .75em; font-size: 1.25em; font-weight: 650; }
    a { color: var(--cfp-accent, light-dark(#2b4fae, #a3bbff)); text-underline-offset: .18em; }
    table { width: 100%; border-collapse: collapse; margin-bottom: 2em; }
    caption { padding: .25em 0; font-weight: 600; text-align: start; }
    th, td { padding: .5em .75em .5em 0; border-top: 1px solid light-dark(#dedcd6, #353b43); font-weight: 400; text-align: start; vertical-align: top; }
    thead { position: absolute; overflow: hidden; width: 1px; height: 1px; clip-path: inset(50%); }
    .cfp-session th { padding-top: 1.25em; font-weight: 650; }
    .cfp-time { font-variant-numeric: tabular-nums; white-space: nowrap; }
    .cfp-speakers, .cfp-break, .cfp-room { color: light-dark(#565c65, #a9b0ba); }
    .shift { display: block; }
    @media (max-width: 30em) {
      tr { display: flex; flex-wrap: wrap; padding: .5em 0; border-top: 1px solid light-dark(#dedcd6, #353b43); column-gap: 1em; }
      th, td { padding: 0; border: 0; }
      tbody th { width: 100%; order: -1; }
    }
  `);
  root.adoptedStyleSheets = [sheet];
  fetch(source, { credentials: "omit" })
    .then((answer) => (answer.ok ? answer.text() : Promise.reject(answer.status)))
    .then((text) => {
      const page = new DOMParser().parseFromString(text, "text/html");
      for (const link of page.querySelectorAll("a")) link.href = new URL(link.getAttribute("href"), source);
      root.append(...page.body.childNodes);
    })
    .catch(() => {
      const link = document.createElement("a");
      link.href = new URL(".", source);
      link.textContent = link.href;
      root.append(link);
    });
})();
