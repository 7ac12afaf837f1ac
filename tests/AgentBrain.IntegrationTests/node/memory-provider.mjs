// What an application gives the SDKs: where the client's registration, tokens and PKCE verifier are kept. Both generations call the same
// methods. Here everything is in memory, and the browser's part is done by fetch, or by a real browser with its owner (owner-browser.mjs).

/** Where the authorization server sends the browser back to; nothing listens there, unless there is a real browser. */
const CALLBACK = 'http://127.0.0.1:33418/callback';

const REDIRECTS = 10;

export class MemoryProvider {
  redirectUrl = CALLBACK;
  clientMetadata = {
    client_name: 'integration test',
    redirect_uris: [CALLBACK],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
    application_type: 'native',
  };

  /** The scope of every authorization request, in order. */
  askedScopes = [];

  /** What the authorization server said of every token, in order. */
  issued = [];

  /** What a real browser showed for each authorization: null where it did not ask. */
  consents = [];

  /** What a real browser complained of. */
  problems = [];

  #kept = {};
  #account;
  #browser;
  #authorizationUrl;

  /**
   * `account` signs in; without it the authorization server chooses. `browser` is the address of a real one. A client that need not
   * register has a `document` with its metadata (an https URL), or is a `client` that the authorization server knows already.
   */
  constructor({ account, browser, document, client } = {}) {
    this.#account = account;
    this.#browser = browser;
    this.#kept.client = client;
    this.clientMetadataUrl = document;
    if (browser) {
      this.redirectUrl = `${browser}/callback`;
      this.clientMetadata = { ...this.clientMetadata, redirect_uris: [this.redirectUrl], ...(client?.client_secret && { token_endpoint_auth_method: 'client_secret_basic' }) };
    }
  }

  state() {
    return (this.#kept.state = crypto.randomUUID());
  }

  clientInformation() {
    return this.#kept.client;
  }

  saveClientInformation(client) {
    this.#kept.client = client;
  }

  tokens() {
    return this.#kept.tokens;
  }

  saveTokens(tokens) {
    this.issued.push({ type: tokens.token_type, scope: tokens.scope });
    this.#kept.tokens = tokens;
  }

  /** What the authorization server says it does not know any more is of no use. */
  invalidateCredentials(scope) {
    const names = { all: ['client', 'tokens', 'verifier', 'discovery'], client: ['client'], tokens: ['tokens'], verifier: ['verifier'], discovery: ['discovery'] };
    for (const name of names[scope]) delete this.#kept[name];
  }

  /** The next authorization is asked of the user again. */
  forgetRefreshToken() {
    const { refresh_token: _, ...others } = this.#kept.tokens;
    this.#kept.tokens = others;
  }

  /** A token that the server does not accept is to the client as one that has expired. */
  spoilAccessToken() {
    const tokens = this.#kept.tokens;
    this.#kept.tokens = { ...tokens, access_token: `${tokens.access_token.slice(0, -8)}AAAAAAAA` };
  }

  codeVerifier() {
    return this.#kept.verifier;
  }

  saveCodeVerifier(verifier) {
    this.#kept.verifier = verifier;
  }

  discoveryState() {
    return this.#kept.discovery;
  }

  saveDiscoveryState(discovery) {
    this.#kept.discovery = discovery;
  }

  redirectToAuthorization(url) {
    if (this.#account) url.searchParams.set('login_hint', this.#account);
    this.askedScopes.push(url.searchParams.get('scope'));
    this.#authorizationUrl = url;
  }

  /** Does what a browser would: goes to the authorization server, and comes back with the parameters of the callback. */
  async browse() {
    const answer = this.#browser ? await this.#ask() : await followTo(CALLBACK, this.#authorizationUrl);
    if (answer.get('state') !== this.#kept.state) throw new Error('the callback has another state than the request');
    return answer;
  }

  /** The owner sees what the client wants, and agrees. */
  async #ask() {
    const body = JSON.stringify({ do: 'authorize', url: this.#authorizationUrl.href, callback: this.redirectUrl });
    const { result, error, problems } = await (await fetch(this.#browser, { method: 'POST', body })).json();
    this.problems.push(...problems);
    if (!result?.answer) throw new Error(`the browser was not sent back: ${error ?? JSON.stringify(result)}`);

    this.consents.push(result.consent);
    return new URL(result.answer).searchParams;
  }
}

async function followTo(callback, start) {
  const cookies = new Map();
  let url = start;
  for (let count = 0; count < REDIRECTS; count++) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { redirect: 'manual', headers: { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      if (value) cookies.set(name, value);
      else cookies.delete(name);
    }

    const location = response.headers.get('location');
    if (!location) throw new Error(`no redirect from ${url.pathname} but ${response.status}: ${await response.text()}`);

    await response.body?.cancel();
    url = new URL(location, url);
    if (url.href.startsWith(callback)) return url.searchParams;
  }

  throw new Error(`no end after ${REDIRECTS} redirects`);
}
