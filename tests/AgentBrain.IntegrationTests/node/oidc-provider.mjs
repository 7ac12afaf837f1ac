// An authorization server that this project did not write: the package oidc-provider, on a loopback port, with everything in memory.
// It has DPoP, resource indicators, introspection, revocation and dynamic registration. Nobody sits in front of it: whoever comes is
// signed in as the account that login_hint names, or alice, and is granted what the client asks for.
// Options: --port (0: the system chooses), --format jwt|opaque and --ttl seconds of access tokens, --nonce (proofs need a nonce),
// --unbounded (nothing in memory is ever forgotten).
// The resource server's secret for introspection is the variable INTROSPECTION_SECRET.
// Prints one JSON line when it is ready, perhaps after notices of the package.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { Provider } from 'oidc-provider';
import { MapAdapter } from './map-adapter.mjs';

const RESOURCE_SERVER = 'agent-brain-rs';
const SCOPES = 'agent-brain:read agent-brain:index agent-brain:subscribe agent-brain:admin';

const { values: options } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    format: { type: 'string', default: 'jwt' },
    ttl: { type: 'string', default: '900' },
    nonce: { type: 'boolean', default: false },
    unbounded: { type: 'boolean', default: false },
  },
});

const signingKey = () => ({ ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig' });

const configuration = {
  ...(options.unbounded && { adapter: MapAdapter }),
  jwks: { keys: [signingKey()] },
  cookies: { keys: [randomBytes(32).toString('base64url')] },
  clientDefaults: { id_token_signed_response_alg: 'ES256' },
  clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post'],
  clients: [{
    client_id: RESOURCE_SERVER,
    client_secret: process.env.INTROSPECTION_SECRET ?? randomBytes(32).toString('base64url'),
    token_endpoint_auth_method: 'client_secret_basic',
    redirect_uris: [],
    response_types: [],
    grant_types: [],
  }],
  // Without offline_access in the list a client gets a refresh token by its grant types alone.
  scopes: ['openid'],
  issueRefreshToken: (_, client) => client.grantTypeAllowed('refresh_token'),
  expiresWithSession: () => false,
  rotateRefreshToken: true,
  responseTypes: ['code'],
  pkce: { required: () => true },
  ttl: { Session: 3600, Interaction: 300, Grant: 3600, RefreshToken: 3600, AccessToken: (_, token) => token.resourceServer.accessTokenTTL },
  findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  features: {
    devInteractions: { enabled: false },
    userinfo: { enabled: false },
    rpInitiatedLogout: { enabled: false },
    registration: { enabled: true, initialAccessToken: false },
    revocation: { enabled: true },
    introspection: { enabled: true, allowedPolicy: (_, client) => client.clientId === RESOURCE_SERVER },
    dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => options.nonce },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      getResourceServerInfo: (_, resource) => ({
        audience: resource,
        scope: SCOPES,
        accessTokenTTL: Number(options.ttl),
        accessTokenFormat: options.format,
        jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
};

const server = createServer();
server.listen(Number(options.port), '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, configuration);
  provider.use(withoutRegisteredScope);
  provider.use(signInAndConsent(provider));
  provider.on('server_error', (_, error) => console.error(error));
  server.on('request', provider.callback());
  console.log(JSON.stringify({ issuer, introspection: `${issuer}/token/introspection`, clientId: RESOURCE_SERVER }));
});

/**
 * The SDKs register with the scope of the first challenge. This server takes a registered scope for the most that the client may ever
 * ask for, and knows no scope but its own; so what they wrote is left out, as servers do that take it for a default.
 */
async function withoutRegisteredScope(context, next) {
  if (context.method === 'POST' && context.path === '/reg') {
    const { scope, ...metadata } = JSON.parse(await text(context.req));
    context.req.body = metadata;
  }

  await next();
}

function signInAndConsent(provider) {
  return async (context, next) => {
    if (!context.path.startsWith('/interaction/')) return next();

    const { params } = await provider.interactionDetails(context.req, context.res);
    const accountId = params.login_hint ?? 'alice';
    const grant = new provider.Grant({ accountId, clientId: params.client_id });
    grant.addResourceScope(params.resource, params.scope);
    const result = { login: { accountId }, consent: { grantId: await grant.save() } };
    context.respond = false;
    await provider.interactionFinished(context.req, context.res, result, { mergeWithLastSubmission: false });
  };
}

async function text(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
