// A fetch that keeps what went over the wire, and what can be done with that.

/** Returns `fetch`, and the list that it fills: one entry a request, in the order of the answers. */
export function record() {
  const exchanges = [];
  const recorded = async (input, init) => {
    const request = { url: String(input), method: init?.method ?? 'GET', headers: new Headers(init?.headers), body: init?.body };
    const response = await fetch(input, init);
    exchanges.push({
      ...request,
      scheme: request.headers.get('authorization')?.split(' ')[0],
      proof: request.headers.get('dpop'),
      status: response.status,
      challenge: response.headers.get('www-authenticate'),
      nonce: response.headers.get('dpop-nonce'),
    });
    return response;
  };
  return { fetch: recorded, exchanges };
}

/** The claims of a JWT, unchecked. */
export const claims = jwt => JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url'));

/** Sends a request of the list once more, with some headers replaced, or left out where null. */
export async function resend(seen, replaced) {
  const headers = new Headers(seen.headers);
  for (const [name, value] of Object.entries(replaced)) {
    if (value === null) headers.delete(name);
    else headers.set(name, value);
  }

  const response = await fetch(seen.url, { method: seen.method, headers, body: seen.body });
  await response.body?.cancel();
  return { status: response.status, challenge: response.headers.get('www-authenticate'), nonce: response.headers.get('dpop-nonce') };
}
