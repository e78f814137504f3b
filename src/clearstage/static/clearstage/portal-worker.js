// The portal's service worker; BUILD stands before this. Pages come from the network, and as they were last seen where
// there is none. Kept are only pages that name their reader, and only until somebody else reads or nobody is signed in.
// Nothing that is sent is kept here, nor are files that clients download.
const FILES = `portal-files-${BUILD.version}`, PAGES = "portal-pages";
const READER = `${BUILD.home}.reader`, MOST_PAGES = 60;
let round = 0;

self.addEventListener("install", (event) => {
  // What a page sends while it is left is lost on its way through here, so it goes past where the browser can do that.
  event.addRoutes?.([{ condition: { requestMethod: "POST", requestMode: "cors" }, source: "network" }]);
  event.waitUntil((async () => {
    const cache = await caches.open(FILES);
    await cache.addAll([...BUILD.files, BUILD.offline].map((address) => new Request(address, { cache: "reload" })));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith("portal-files-") && name !== FILES) await caches.delete(name);
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const { request } = event, { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  if (request.method === "POST" && BUILD.signOut.includes(pathname)) event.waitUntil(Promise.all([forget(), forgetWaiting()]));
  if (request.method !== "GET") return;
  if (pathname.startsWith(BUILD.static)) event.respondWith(file(request));
  else if (request.mode === "navigate") event.respondWith(page(event, pathname));
  else if (pathname.startsWith(BUILD.home)) event.respondWith(part(request));
});

async function file(request) {
  try {
    const answer = await fetch(request);
    if (answer.ok) await (await caches.open(FILES)).put(request, answer.clone());
    return answer;
  } catch (error) {
    const kept = await (await caches.open(FILES)).match(request);
    if (kept) return kept;
    throw error;
  }
}

async function page(event, pathname) {
  const begun = round;
  try {
    const answer = await fetch(event.request);
    if (pathname === BUILD.signIn && answer.ok) event.waitUntil(forget());
    else if (answer.ok && answer.headers.has(BUILD.keep)) event.waitUntil(keep(event.request, answer.clone(), begun));
    return answer;
  } catch {
    const kept = await (await caches.open(PAGES)).match(event.request);
    return kept ? asOf(kept) : (await caches.open(FILES)).match(BUILD.offline);
  }
}

// A part of a page: where it is answered by the way to the sign-in, nobody is signed in any more.
async function part(request) {
  const answer = await fetch(request);
  if (answer.redirected && new URL(answer.url).pathname === BUILD.signIn) await forget();
  return answer;
}

// What is under way for somebody while he signs out is not kept after him.
async function keep(request, answer, begun) {
  if (begun !== round) return;
  const reader = answer.headers.get(BUILD.keep);
  const before = await (await (await caches.open(PAGES)).match(READER))?.text();
  if (before !== undefined && before !== reader) await forget();
  const cache = await caches.open(PAGES);
  if (before !== reader) await cache.put(READER, new Response(reader));
  const headers = new Headers(answer.headers);
  headers.set("Clearstage-As-Of", new Date().toISOString());
  headers.delete("Content-Encoding");
  await cache.put(request, new Response(await answer.blob(), { headers }));
  const pages = (await cache.keys()).filter(({ url }) => new URL(url).pathname !== READER);
  for (const old of pages.slice(0, -MOST_PAGES)) await cache.delete(old);
}

// The page says for itself as of when it is: see portal-app.js.
async function asOf(kept) {
  const text = await kept.text(), when = kept.headers.get("Clearstage-As-Of");
  return new Response(text.replace("<html ", `<html data-as-of="${when}" `), { headers: kept.headers });
}

// What portal-queue.js keeps; where it never did, there is nothing.
function forgetWaiting() {
  return new Promise((resolve) => {
    const request = indexedDB.open("clearstage-portal", 1);
    request.addEventListener("upgradeneeded", () => request.result.createObjectStore("waiting", { keyPath: "key" }));
    request.addEventListener("error", resolve);
    request.addEventListener("success", () => {
      const change = request.result.transaction("waiting", "readwrite");
      change.objectStore("waiting").clear();
      change.addEventListener("complete", () => { request.result.close(); resolve(); });
      change.addEventListener("abort", resolve);
    });
  });
}

async function forget() {
  round += 1;
  await caches.delete(PAGES);
}
