// form[data-autosave=URL]: saved as a draft 3 s after typing stops, on leaving a field, and on
// leaving the page; mirrored in the browser until the server has it. An empty URL only mirrors.
//
// The server answers 200 with JSON {revision?, autosave?, action?, page?}: the form's new
// revision, and for a draft just made its addresses. 409, 401 and other refusals keep the text.
// The form holds forms.save_state(), whose data attributes are the words.
import { forget, keep, kept, markSent, mirrorName, restore, typed, written } from "./mirror.js";

const PAUSE = 3_000;
const RETRY = [10_000, 30_000, 60_000];

class Autosave {
  constructor(form) {
    this.form = form;
    this.line = form.querySelector("[data-save-state]");
    this.words = this.line?.dataset ?? {};
    // What came back with an answer is what was sent, and nobody has stored it.
    const isAnswer = "unstored" in this.words;
    this.saved = isAnswer ? null : JSON.stringify(written(form));
    this.failures = 0;
    this.stopped = false;
    this.running = null;
    if (!isAnswer) this.offerMirror();
    form.addEventListener("input", () => this.changed());
    form.addEventListener("focusout", () => this.save());
    form.addEventListener("submit", (event) => this.submitting(event));
    document.addEventListener("visibilitychange", () => document.hidden && this.save());
    this.changed();
  }

  get dirty() {
    return JSON.stringify(typed(this.form)) !== this.saved;
  }

  changed() {
    if (!this.dirty) return;
    const mirrored = keep(this.form);
    if (!this.form.dataset.autosave) {
      this.say(mirrored ? "kept" : "unkept");
      return;
    }
    this.wait(PAUSE);
  }

  wait(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), delay);
  }

  save() {
    if (this.stopped || this.running || !this.dirty || !this.form.dataset.autosave) return;
    clearTimeout(this.timer);
    const sent = JSON.stringify(typed(this.form));
    this.running = this.post(sent).finally(() => {
      this.running = null;
      if (!this.stopped && this.failures === 0 && this.dirty) this.wait(PAUSE);
    });
  }

  async post(sent) {
    let answer;
    try {
      answer = await fetch(this.form.dataset.autosave, {
        method: "POST",
        body: new FormData(this.form),
        headers: { Accept: "application/json" },
        redirect: "manual",
        keepalive: document.hidden,
      });
    } catch {
      return this.later();
    }
    if (answer.ok) return this.arrived(sent, answer);
    if (answer.status >= 500 || answer.status === 429) return this.later();
    return this.refused(answer);
  }

  async arrived(sent, answer) {
    const news = answer.status === 200 ? await answer.json().catch(() => ({})) : {};
    this.failures = 0;
    this.saved = sent;
    if (!this.dirty) forget(mirrorName(this.form));
    if (news.revision !== undefined && this.form.elements.revision) {
      this.form.elements.revision.value = news.revision;
    }
    if (news.autosave) this.form.dataset.autosave = news.autosave;
    if (news.action) this.form.setAttribute("action", news.action);
    if (news.page) history.replaceState(null, "", news.page);
    this.say("saved");
  }

  later() {
    this.say("offline");
    this.wait(RETRY[Math.min(this.failures, RETRY.length - 1)]);
    this.failures += 1;
  }

  async refused(answer) {
    const expired = answer.type === "opaqueredirect" || answer.status === 401;
    // A stale form or an ended session stays so; whatever else is refused may be mended by typing.
    this.stopped = expired || answer.status === 409;
    this.saved = this.stopped ? this.saved : JSON.stringify(typed(this.form));
    const news = await answer.json?.().catch(() => ({}));
    if (expired) this.say("expired", { link: this.words.login, label: this.words.loginLabel });
    else if (answer.status === 409) this.say("stale");
    else this.say(answer.status === 413 ? "large" : "refused", { detail: news?.message });
  }

  submitting(event) {
    clearTimeout(this.timer);
    markSent(this.form);
    if (!this.running) return;
    // The answer on its way brings the revision that this submit has to carry.
    event.preventDefault();
    const button = event.submitter;
    this.running.then(() => this.form.requestSubmit(button));
  }

  say(key, { link, label, detail } = {}) {
    if (!this.line) return;
    const time = new Intl.DateTimeFormat(document.documentElement.lang, {
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    }).format(new Date());
    this.line.classList.toggle("is-late", !["saved", "kept"].includes(key));
    this.line.textContent = (this.words[key] ?? "").replace("{time}", time);
    if (detail) this.line.append(` ${detail}`);
    if (link) {
      const anchor = document.createElement("a");
      anchor.href = link;
      anchor.textContent = label;
      this.line.append(" ", anchor);
    }
  }

  offerMirror() {
    const entry = kept(this.form);
    const box = this.form.querySelector("[data-restore]");
    if (!entry || !box) return;
    const values = JSON.stringify(entry.values);
    if (values === this.saved) forget(mirrorName(this.form));
    if (values === this.saved || values === JSON.stringify(typed(this.form))) return;
    this.form.prepend(box); // where one looks first, above what it would fill
    box.hidden = false;
    box.querySelector("[data-restore-yes]").addEventListener("click", () => {
      restore(this.form, entry.values);
      box.hidden = true;
    });
    box.querySelector("[data-restore-no]").addEventListener("click", () => {
      forget(mirrorName(this.form));
      box.hidden = true;
    });
  }
}

for (const form of document.querySelectorAll("form[data-autosave]")) new Autosave(form);
