// Passkeys: a form with data-passkey asks the browser for one, and is then sent with the answer.
// `get` signs in with a key, `create` makes one. What to ask stands in the form, or is fetched from its address.

const supported = "PublicKeyCredential" in window && "parseRequestOptionsFromJSON" in PublicKeyCredential;

const questionOf = async (form) => {
  const written = form.querySelector('script[type="application/json"]');
  if (written) return JSON.parse(written.textContent).publicKey;
  const response = await fetch(form.action, { headers: { Accept: "application/json" } });
  return (await response.json()).request_options.publicKey;
};

// Every key made here may sign in by itself, so it has to know its holder.
const asPasskey = (question) => ({
  ...question,
  authenticatorSelection: {
    ...question.authenticatorSelection,
    residentKey: "required",
    requireResidentKey: true,
    userVerification: "required",
  },
});

const answerTo = async (form) => {
  const question = await questionOf(form);
  if (form.dataset.passkey === "create") {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(asPasskey(question));
    return navigator.credentials.create({ publicKey });
  }
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(question) });
};

const send = async (event) => {
  const form = event.currentTarget;
  event.preventDefault();
  try {
    const credential = await answerTo(form);
    form.elements.credential.value = JSON.stringify(credential.toJSON());
    form.submit();
  } catch (fault) {
    // Somebody who closed the browser's question has changed their mind; anything else should be seen.
    if (fault.name !== "NotAllowedError" && fault.name !== "AbortError") throw fault;
  }
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!supported) continue;
  form.addEventListener("submit", send);
  for (const button of form.querySelectorAll("button[hidden]")) button.hidden = false;
  for (const missing of form.querySelectorAll("[data-passkey-missing]")) missing.hidden = true;
}
