// What waits on the device: `store("put", "readwrite", entry)` and the like, of one table.
const open = new Promise((resolve, reject) => {
  const request = indexedDB.open("clearstage-portal", 1);
  request.addEventListener("upgradeneeded", () => request.result.createObjectStore("waiting", { keyPath: "key" }));
  request.addEventListener("success", () => resolve(request.result));
  request.addEventListener("error", () => reject(request.error));
});

export async function store(how, mode, ...given) {
  const request = (await open).transaction("waiting", mode).objectStore("waiting")[how](...given);
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });
}
