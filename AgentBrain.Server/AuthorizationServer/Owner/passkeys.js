// Asks an authenticator to sign the server's challenge, and sends what it answered with the form around the button.
"use strict";
for (const control of document.querySelectorAll(".passkey")) {
  const button = control.querySelector("button");
  const message = control.querySelector("[role=alert]");
  const answer = control.querySelector("input[type=hidden]");
  const isCreate = control.dataset.ceremony === "create";

  if (!window.PublicKeyCredential || !PublicKeyCredential.parseRequestOptionsFromJSON) {
    message.textContent = "This browser has no passkeys.";
    message.hidden = false;
    continue;
  }

  button.disabled = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    message.hidden = true;
    try {
      const options = JSON.parse(control.dataset.options);
      const credential = isCreate
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
      answer.value = JSON.stringify(credential.toJSON());
      button.closest("form").requestSubmit();
    } catch (error) {
      message.textContent = error.name === "InvalidStateError"
        ? "This device has a passkey for this server already."
        : "That did not work, or was cancelled. Try again.";
      message.hidden = false;
      button.disabled = false;
    }
  });
}
