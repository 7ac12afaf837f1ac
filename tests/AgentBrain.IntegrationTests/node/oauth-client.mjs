// One client, from nothing but the endpoint's URL: it is refused, finds the authorization server, registers, is authorized, calls a tool,
// steps up to further scopes, and refreshes its token. Then others try what the client sent.
// Arguments: the way (next-dpop, next-plain or sdk), the endpoint, a folder to index, and options: --account name,
// --expire (waits until the token has expired, instead of spoiling it), --browser address (a real one), --document url and --client id
// (instead of a registration; the client's secret, if it has one, is the variable CLIENT_SECRET), --revoke (gives its grant back at the
// end, and asks for another). Prints one JSON object.
import { parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import * as next from '@modelcontextprotocol/client';
import * as sdkClient from '@modelcontextprotocol/sdk/client/index.js';
import * as sdkTransport from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import * as sdkAuth from '@modelcontextprotocol/sdk/client/auth.js';
import { MemoryProvider } from './memory-provider.mjs';
import { claims, record } from './recorder.mjs';
import { steal, withoutNonce } from './thief.mjs';

const { values: options, positionals: [way, endpoint, folder] } = parseArgs({
  allowPositionals: true,
  options: {
    account: { type: 'string' },
    expire: { type: 'boolean', default: false },
    browser: { type: 'string' },
    document: { type: 'string' },
    client: { type: 'string' },
    revoke: { type: 'boolean', default: false },
  },
});

/** How long a resource server may go on to accept a token after its end, for clocks that differ. */
const SKEW_SECONDS = 30;
const AUTHORIZATIONS = 2;
const REFUSALS = [401, 403];

const older = way === 'sdk';
const sdk = older ? { ...sdkClient, ...sdkTransport, ...sdkAuth } : next;
const known = options.client && { client_id: options.client, client_secret: process.env.CLIENT_SECRET };
const provider = new MemoryProvider({ account: options.account, browser: options.browser, document: options.document, client: known });
if (way === 'next-dpop') {
  const session = await next.DpopSession.create();
  provider.dpop = () => session;
}

const { fetch: recorded, exchanges } = record();
const steps = [];
let transport;
let client;

await step('connect', connect);
await step('list', () => client.listTools());
await step('query', () => call('search_documents', { query: 'datetime' }));
await step('resource', () => client.readResource({ uri: 'corpus://status' }));
await step('step-up', stepUp);
if (!older) await step('listen', listen);
if (options.expire) await sleep((provider.tokens().expires_in + SKEW_SECONDS + 1) * 1000);
else provider.spoilAccessToken();

await step('refresh', () => call('search_documents', { query: 'datetime' }));
const last = exchanges.findLast(seen => toEndpoint(seen) && seen.method === 'POST' && seen.status === 200);
const { access_token: token } = provider.tokens();
const thefts = await steal(last, token);
const unnonced = provider.dpop && await withoutNonce(last, token, provider.dpop());
let revoked;
if (options.revoke) {
  revoked = await revoke();
  await step('revoked', afterwards);
}

console.log(JSON.stringify({
  protocol: older ? transport.protocolVersion : client.getNegotiatedProtocolVersion(),
  steps,
  askedScopes: provider.askedScopes,
  issued: provider.issued,
  discovered: exchanges.filter(seen => seen.url.includes('/.well-known/')).map(describe),
  grants: exchanges.filter(seen => seen.body instanceof URLSearchParams).map(seen => ({ ...describe(seen), grant: seen.body.get('grant_type'), resource: seen.body.get('resource') })),
  calls: exchanges.filter(toEndpoint).map(describe),
  thefts,
  withoutNonce: unnonced,
  clientId: provider.clientInformation().client_id,
  consents: provider.consents,
  problems: provider.problems,
  revoked,
}));
await client.close();
process.exit(0);

async function connect() {
  transport = new sdk.StreamableHTTPClientTransport(new URL(endpoint), { authProvider: provider, fetch: recorded });
  client = new sdk.Client({ name: 'integration-test', version: '1.0.0' }, older ? {} : { versionNegotiation: { mode: 'auto' } });
  await client.connect(transport);
}

async function call(name, args) {
  const result = await client.callTool({ name, arguments: args });
  if (result.isError) throw new Error(`${name}: ${result.content[0].text}`);
  return result.structuredContent;
}

/** Runs a step as an application does: whenever the SDK asks for the user, the browser answers, and the step is tried again. */
async function step(name, action) {
  const entry = { name, authorizations: 0 };
  steps.push(entry);
  const from = exchanges.length;
  for (;;) {
    try {
      await action();
      break;
    } catch (error) {
      if (!(error instanceof sdk.UnauthorizedError) || entry.authorizations === AUTHORIZATIONS) throw failure(entry, error);
      const answer = await provider.browse();
      await transport.finishAuth(older ? answer.get('code') : answer);
      entry.authorizations++;
    }
  }

  entry.refusals = exchanges.slice(from).filter(isRefusal).map(seen => seen.status);
}

function failure(entry, error) {
  const last = exchanges.findLast(toEndpoint);
  return new Error(`${entry.name}, authorizations ${entry.authorizations}, last status ${last?.status}: ${error.message}`, { cause: error });
}

/**
 * The older SDK answers insufficient_scope with a refresh, which cannot widen a grant, and gives up when it is refused once more. An
 * application has to let go of the refresh token; and the SDK has to see a success in between, for it does not act twice upon one challenge.
 */
async function stepUp() {
  try {
    await call('index_folder', { folder_path: folder });
  } catch (error) {
    if (error.code !== 403) throw error;

    provider.forgetRefreshToken();
    await client.listTools();
    await call('index_folder', { folder_path: folder });
  }
}

/** A stream that stays open. */
async function listen() {
  const subscription = await client.listen({ resourceSubscriptions: ['corpus://status'] });
  await subscription.close();
}

/** Gives the grant back with its refresh token (RFC 7009), which the SDKs leave to the application. Returns the status. */
async function revoke() {
  const { revocation_endpoint: url } = provider.discoveryState().authorizationServerMetadata;
  const { client_id: id, client_secret: secret } = provider.clientInformation();
  const body = new URLSearchParams({ token: provider.tokens().refresh_token, token_type_hint: 'refresh_token', ...(!secret && { client_id: id }) });
  const headers = secret ? { authorization: `Basic ${btoa(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`)}` } : {};
  return (await fetch(url, { method: 'POST', headers, body })).status;
}

/** A session ends with the grant that opened it, so the older SDK has to open another. */
async function afterwards() {
  try {
    await call('search_documents', { query: 'datetime' });
  } catch (error) {
    if (error.code !== 404) throw error;

    await connect();
    await call('search_documents', { query: 'datetime' });
  }
}

/** Who is asked for a nonce is not refused: the same call with one is taken (RFC 9449 §9). */
function isRefusal(seen) {
  return toEndpoint(seen) && REFUSALS.includes(seen.status) && !seen.challenge?.includes('use_dpop_nonce');
}

function toEndpoint(seen) {
  return seen.url === endpoint;
}

/** All but the secrets. */
function describe({ method, url, scheme, proof, status, challenge, nonce }) {
  const proven = proof && claims(proof);
  return { method, url, scheme, status, challenge, nonce, proof: proven && { id: proven.jti, url: proven.htu, method: proven.htm, nonce: proven.nonce } };
}
