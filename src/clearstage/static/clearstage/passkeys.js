// Passkeys. form[data-passkey="get"] signs in, form[data-passkey="create"] makes one; data-options is where the server
// says what is wanted, and the browser's answer is sent with the form. [data-with-passkeys] shows where there are any.
const able = Boolean(window.PublicKeyCredential?.parseCreationOptionsFromJSON);
let waiting = null;

const options = async (form) => {
  const token = form.elements.csrfmiddlewaretoken.value;
  const answer = await fetch(form.dataset.options, { method: "POST", headers: { "X-CSRFToken": token } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
};

const ask = async (form, more) => {
  waiting?.abort();
  waiting = new AbortController();
  const { signal } = waiting;
  const wanted = await options(form);
  if (form.dataset.passkey === "create") {
    return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(wanted), signal });
  }
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(wanted), signal, ...more });
};

const send = (form, credential) => {
  form.elements.answer.value = JSON.stringify(credential.toJSON());
  form.submit();
};

const wire = (form) => {
  const problem = form.querySelector("[data-problem]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.hidden = true;
    try {
      send(form, await ask(form));
    } catch {
      problem.hidden = false;
    }
  });
};

// The browser offers passkeys where the e-mail is typed, too; whoever goes another way is not disturbed.
const offer = async (form) => {
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
  try {
    send(form, await ask(form, { mediation: "conditional" }));
  } catch { /* another way was taken */ }
};

if (able) {
  for (const part of document.querySelectorAll("[data-with-passkeys]")) part.hidden = false;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    wire(form);
    if (form.dataset.passkey === "get") offer(form);
  }
}
