// What somebody tries who has read the client's last call, headers and all.
import { DpopSession } from '@modelcontextprotocol/client';
import { resend } from './recorder.mjs';

/** Returns what the server said to each attempt. `call` is the call, `token` the access token in it. */
export async function steal(call, token) {
  const own = await DpopSession.create();
  const withOwnKey = async nonce => resend(call, { authorization: `DPoP ${token}`, dpop: await signAnew(own, call, token, nonce) });
  const first = await withOwnKey();
  return {
    again: await resend(call, {}),
    asBearer: await resend(call, { authorization: `Bearer ${token}`, dpop: null }),
    withoutProof: await resend(call, { authorization: `DPoP ${token}`, dpop: null }),
    withOwnKey: first.nonce ? await withOwnKey(first.nonce) : first,
  };
}

/** What the server says to a right proof by the right key, that has no nonce. */
export async function withoutNonce(call, token, session) {
  const forgetful = new DpopSession(session.keyPair);
  return resend(call, { authorization: `DPoP ${token}`, dpop: await signAnew(forgetful, call, token) });
}

function signAnew(session, call, accessToken, nonce) {
  return session.buildProof({ htm: call.method, htu: new URL(call.url), accessToken, nonce });
}
