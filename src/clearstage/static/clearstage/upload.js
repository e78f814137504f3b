// Files that are sent while one is still writing: see pages/upload.html for how to put one into a form.
// One listener for all widgets, so that those in dialogs and swapped parts work as well. Every file is sent in pieces
// (tus); a cut connection is waited for, and the same file chosen again goes on where it stopped.
const PIECE = 5 * 1024 * 1024, AT_ONCE = 3;
const RETRIES = [0, 1000, 3000, 6000, 12000, 20000, 30000];
const LIBRARY = new URL("../vendor/tus-js-client-4.3.1/tus.min.js", import.meta.url);
const START = "clearstage-upload:";
const waiting = [];
let running = 0, library = null;

const load = () => library ??= new Promise((resolve, reject) => {
  const script = Object.assign(document.createElement("script"), { src: LIBRARY.href });
  script.addEventListener("load", resolve);
  script.addEventListener("error", () => { library = null; reject(new Error("tus")); });
  document.head.append(script);
});

// What a row tells by events: upload-lost (no connection, perhaps for now), uploaded, upload-refused (text), upload-removed.
// `kept` is what is known of a file that has waited: its key, under which the server takes it once, its account, and the
// address it goes to.
export class Sending {
  constructor(widget, file, kept = {}) {
    this.widget = widget;
    this.file = file;
    this.key = kept.key ?? crypto.getRandomValues(new Uint32Array(4)).join("-");
    this.account = kept.account ?? widget.dataset.account ?? widget.closest("form")?.elements.account?.value ?? "";
    this.endpoint = kept.endpoint ?? widget.dataset.upload;
    this.words = widget.querySelector(".upload-words").dataset;
    this.row = widget.querySelector("template").content.firstElementChild.cloneNode(true);
    this.row.sending = this;
    this.part(".upload-name").textContent = this.part(".upload-name").title = file.name;
    widget.querySelector(".upload-list").append(this.row);
    this.show("waiting", this.words.waiting);
  }

  tell(what, detail) { this.row.dispatchEvent(new CustomEvent(what, { bubbles: true, detail })); }

  part(selector) { return this.row.querySelector(selector); }

  show(state, text) {
    this.row.dataset.state = state;
    this.part(".upload-state").textContent = text;
    this.part(".upload-again").hidden = state !== "paused";
    if (["done", "failed", "paused"].includes(state)) this.widget.querySelector("[role=status]").textContent = `${this.file.name}: ${text}`;
  }

  begin() {
    if (!this.file.size) return this.fail(this.words.empty);
    if (this.file.size > Number(this.widget.dataset.most)) return this.fail(this.words.large);
    if (!navigator.onLine) return this.pause();
    waiting.push(this);
    hold(this.widget);
    next();
  }

  async run() {
    this.show("sending", this.words.waiting);
    try {
      await load();
      this.upload ??= await this.prepared();
      this.upload.start();
    } catch { this.lost(); }
  }

  async prepared() {
    const { endpoint } = this, { csrf, shared } = this.widget.dataset;
    const fields = this.widget.closest("form")?.elements;
    const metadata = { filename: this.file.name, account: this.account, key: this.key };
    if (shared || fields?.shared?.checked) metadata.shared = "1";
    const mark = await fingerprint([endpoint, metadata.account, metadata.shared, this.file.name, this.file.size, this.file.lastModified]);
    const upload = new window.tus.Upload(this.file, {
      endpoint, metadata, chunkSize: PIECE, retryDelays: RETRIES, headers: { "X-CSRFToken": csrf },
      urlStorage: memory, fingerprint: async () => mark, removeFingerprintOnSuccess: true,
      onShouldRetry: (error) => this.again(error.originalResponse?.getStatus() ?? 0),
      onProgress: (sent, all) => this.progress(sent, all),
      onSuccess: ({ lastResponse }) => this.sent(lastResponse?.getHeader("Clearstage-File")),
      onError: (error) => this.broke(error),
    });
    const [before] = await upload.findPreviousUploads();
    if (before) upload.resumeFromPreviousUpload(before);
    return upload;
  }

  again(status) {
    if (status >= 400 && status < 500 && status !== 409) return false;
    this.tell("upload-lost");
    return navigator.onLine;
  }

  progress(sent, all) {
    const percent = Math.floor(100 * sent / all);
    this.part("progress").value = percent;
    this.part(".upload-state").textContent = percent < 100 ? `${percent} %` : this.words.checking;
  }

  // All bytes were there, but the answer to the last piece was lost: ask for it again.
  async sent(id) {
    if (id) return this.done(id);
    const headers = { "Tus-Resumable": "1.0.0", "Upload-Offset": this.file.size, "X-CSRFToken": this.widget.dataset.csrf, "Content-Type": "application/offset+octet-stream" };
    try {
      const answer = await fetch(this.upload.url, { method: "PATCH", headers, body: "" });
      if (answer.ok) return this.done(answer.headers.get("Clearstage-File"));
      this.refused(answer.headers.get("Content-Type")?.startsWith("text/plain") ? await answer.text() : null);
    } catch { return this.lost(); }
    this.over();
  }

  done(id) {
    this.arrived(id);
    this.over();
  }

  arrived(id) {
    this.id = id;
    this.part("progress").value = 100;
    this.row.append(Object.assign(document.createElement("input"), { type: "hidden", name: this.widget.dataset.name, value: id }));
    this.show("done", this.words.sent);
    this.tell("uploaded", { id, name: this.file.name });
  }

  broke(error) {
    const answer = error.originalResponse, status = answer?.getStatus() ?? 0;
    if (status < 400 || status >= 500 || status === 409) return this.lost();
    this.refused(answer.getHeader("Content-Type")?.startsWith("text/plain") ? answer.getBody() : null);
    this.over();
  }

  lost() {
    this.pause();
    this.over();
  }

  pause() {
    this.show("paused", navigator.onLine ? this.words.lost : this.words.offline);
    this.tell("upload-lost");
  }

  // In the server's own words it is over; anything else is the page's fault, and another page may do better.
  refused(text) {
    this.fail(text ?? this.words.broken);
    if (text) this.tell("upload-refused", { text });
  }

  fail(text) { this.show("failed", text); }

  over() {
    running -= 1;
    next();
    release(this.widget);
  }

  remove() {
    const place = waiting.indexOf(this);
    if (place >= 0) waiting.splice(place, 1);
    const { state } = this.row.dataset;
    if (state === "sending") running -= 1;
    if (this.id) throwAway(this.widget, this.id);
    else if (state !== "failed") this.upload?.abort(true).catch(() => {});
    this.tell("upload-removed");
    this.row.remove();
    next();
    release(this.widget);
  }
}

function next() {
  while (running < AT_ONCE && waiting.length) {
    running += 1;
    waiting.shift().run();
  }
}

const busy = (widget) => widget.querySelector("[data-state=waiting], [data-state=sending]");
const buttons = (widget) => widget.closest("form")?.querySelectorAll("[type=submit], button:not([type])") ?? [];

function hold(widget) {
  for (const button of buttons(widget)) if (!button.disabled) { button.disabled = true; button.dataset.held = "1"; }
}

function release(widget) {
  const form = widget.closest("form") ?? widget;
  if ([...form.querySelectorAll("[data-upload]"), widget].some(busy)) return;
  for (const button of buttons(widget)) if (button.dataset.held) { button.disabled = false; delete button.dataset.held; }
  widget.dispatchEvent(new CustomEvent("uploads-done", { bubbles: true }));
  if (form.dataset.refresh && widget.querySelector("[data-state=done]")) refresh(widget, form.dataset.refresh);
}

// The list beside the widget, as the server draws it now; what was sent is in it and leaves the widget.
async function refresh(widget, id) {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  const fresh = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(id);
  if (!fresh) return;
  document.getElementById(id)?.replaceWith(fresh);
  window.htmx?.process(fresh);
  for (const row of widget.querySelectorAll("[data-state=done]")) row.remove();
}

function throwAway(widget, id) {
  fetch(new URL(`../${id}/bin/`, new URL(widget.dataset.upload, location.href)), { method: "POST", headers: { "X-CSRFToken": widget.dataset.csrf } }).catch(() => {});
}

// Where an upload goes on, kept for this browser under a mark that does not tell the file's name.
const memory = {
  async findAllUploads() { return []; },
  async findUploadsByFingerprint(mark) {
    try { return [localStorage.getItem(START + mark)].filter(Boolean).map((uploadUrl) => ({ uploadUrl, urlStorageKey: START + mark })); } catch { return []; }
  },
  async removeUpload(key) { try { localStorage.removeItem(key); } catch { /* kept nowhere */ } },
  async addUpload(mark, upload) {
    try { localStorage.setItem(START + mark, upload.uploadUrl); } catch { /* goes on only while the page is open */ }
    return START + mark;
  },
};

async function fingerprint(parts) {
  if (!crypto.subtle) return null;
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(parts)));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const widgetOf = (event) => event.target.closest?.("[data-upload]");

function take(widget, files) {
  for (const file of files) new Sending(widget, file).begin();
}

document.addEventListener("change", (event) => {
  if (!event.target.matches(".upload-input")) return;
  const files = [...event.target.files];
  event.target.value = "";
  take(widgetOf(event), files);
});

document.addEventListener("click", (event) => {
  const sending = event.target.closest(".upload-row")?.sending;
  if (event.target.closest(".upload-remove")) sending?.remove();
  else if (event.target.closest(".upload-again")) sending?.begin();
});

for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const widget = widgetOf(event);
    if (!widget || ![...event.dataTransfer?.types ?? []].includes("Files") || widget.querySelector(".upload-input:disabled")) return;
    event.preventDefault();
    widget.toggleAttribute("data-over", kind === "dragover");
    if (kind === "drop") take(widget, event.dataTransfer.files);
  });
}

window.addEventListener("online", () => {
  for (const row of document.querySelectorAll(".upload-row[data-state=paused]")) row.sending?.begin();
});
window.addEventListener("beforeunload", (event) => {
  if (document.querySelector(".upload-row[data-state=sending]")) event.preventDefault();
});
