// The link's secret is in its fragment, which no browser sends to a server. It goes into the form here, and out of the address.
"use strict";
const field = document.getElementById("code");
const place = document.getElementById("code-field");
if (field && place) {
  const secret = location.hash.slice(1);
  if (secret) {
    field.value = secret;
    history.replaceState(null, "", location.pathname);
  }

  if (field.value) {
    field.type = "hidden";
    place.replaceChildren(field);
  }
}
