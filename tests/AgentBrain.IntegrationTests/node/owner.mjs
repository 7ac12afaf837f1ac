// The owner of the server with their browser: a real Chromium. They read what is on the page and click; nothing here calls the server by
// itself. What a page must not do (errors of scripts, violations of the page's own policy, bad contrast ...) is collected on the way.
import { chromium } from 'playwright-core';
import { audit } from './page-audit.mjs';

const PATIENCE = 20_000;

/** The most pages between an authorization request and its answer: sign-in, consent, and proving again who one is. */
const PAGES = 6;

export class Owner {
  problems = [];
  #browser;
  #context;
  #page;
  #cdp;
  #password;
  #screenshots;

  constructor({ executable, password, screenshots }) {
    this.executable = executable;
    this.#password = password;
    this.#screenshots = screenshots;
  }

  /** Starts the browser as somebody who was never here: without cookies. With `scripts: false` no page's script runs. */
  async begin({ scripts = true } = {}) {
    // As root Chromium does not start with its sandbox.
    this.#browser ??= await chromium.launch({ executablePath: this.executable, headless: true, chromiumSandbox: process.getuid?.() !== 0 });
    await this.#context?.close();
    this.#context = await this.#browser.newContext({ javaScriptEnabled: scripts, serviceWorkers: 'block' });
    this.#context.setDefaultTimeout(PATIENCE);
    this.#page = await this.#context.newPage();
    this.#cdp = undefined;
    this.#page.on('pageerror', error => this.problems.push(`${this.#page.url()}: ${error}`));
    this.#page.on('console', message => this.#judge(message));
  }

  /** Opens a setup link and chooses the password; the owner is signed in afterwards. Where no script runs, the code is typed in. */
  async setup({ link, name }) {
    await this.#open(link);
    const form = this.#form('/setup');
    const code = form.locator('[name=code]');
    if (!(await code.inputValue())) await code.fill(new URL(link).hash.slice(1));
    await this.#look(name);
    await form.locator('[name=new_password]').fill(this.#password);
    await form.locator('[name=repeat_password]').fill(this.#password);
    await this.#submit(form);
    return this.#page.url();
  }

  /** Goes to a page; returns what it says. A browser that is not signed in is shown the sign-in page. */
  async visit({ url, name }) {
    const response = await this.#open(url);
    await this.#look(name);
    return { url: this.#page.url(), status: response?.status(), text: await this.#page.locator('main').innerText() };
  }

  /** Signs in with the password, on the page that is open. Returns where that led. */
  async signIn({ name, password = this.#password } = {}) {
    const form = this.#form('/sign-in').filter({ has: this.#page.locator('[name=password]') });
    await this.#look(name);
    await form.locator('[name=password]').fill(password);
    await this.#submit(form);
    return this.#page.url();
  }

  /** Signs out by the button that every page of the owner has. */
  async signOut() {
    await this.#submit(this.#form('/sign-out'));
    return this.#page.url();
  }

  /**
   * Answers an authorization request: signs in where asked to, ticks the scopes (all that there are, or those given, and no other), and
   * agrees or not. Returns where the browser was sent back to, and what the consent page said; both may be missing.
   */
  async authorize({ url, callback, scopes, deny = false, name }) {
    let consent;
    let answer;
    const sentBack = request => {
      if (request.url().startsWith(callback)) answer = request.url();
    };
    this.#page.on('requestfinished', sentBack);
    try {
      await this.#open(url);
      for (let page = 0; page < PAGES && !answer; page++) {
        const at = new URL(this.#page.url()).pathname;
        if (at === '/sign-in') {
          await this.signIn({ name: name && `${name}-sign-in` });
        } else if (await this.#form('/consent').count()) {
          consent = await this.#agree({ scopes, deny, name });
        } else {
          await this.#look(name);
          break;
        }
      }

      return { answer, consent, page: answer ? undefined : await this.#page.locator('body').innerText(), at: this.#page.url() };
    } finally {
      this.#page.off('requestfinished', sentBack);
    }
  }

  async #agree({ scopes, deny, name }) {
    const form = this.#form('/consent');
    const boxes = await form.locator('input[type=checkbox]').all();
    const offered = [];
    for (const box of boxes) offered.push({ scope: await box.getAttribute('value'), ticked: await box.isChecked(), disabled: await box.isDisabled() });
    await this.#look(name && `${name}-consent`);
    const consent = { text: await this.#page.locator('main').innerText(), offered };
    if (!deny) {
      for (const [index, { scope, disabled }] of offered.entries()) {
        if (!disabled) await boxes[index].setChecked(scopes?.includes(scope) ?? true);
      }
    }

    await this.#submit(form, deny ? 'deny' : 'allow');
    return consent;
  }

  /** Clicks a button, or a link, of the page that is open, by its words. Returns where that led. */
  async press({ button, name }) {
    await this.#look(name);
    await this.#leave(() => this.#page.getByRole('button', { name: button }).or(this.#page.getByRole('link', { name: button })).first().click());
    return { url: this.#page.url(), text: await this.#page.locator('main').innerText() };
  }

  /** Gives the browser an authenticator of its own, with a user who is always there and verified. */
  async plugIn() {
    this.#cdp = await this.#context.newCDPSession(this.#page);
    await this.#cdp.send('WebAuthn.enable');
    const { authenticatorId } = await this.#cdp.send('WebAuthn.addVirtualAuthenticator', {
      options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
    });
    return authenticatorId;
  }

  /** What the authenticator keeps. */
  async credentials({ authenticator }) {
    return (await this.#cdp.send('WebAuthn.getCredentials', { authenticatorId: authenticator })).credentials.map(
      ({ rpId, isResidentCredential, signCount }) => ({ rpId, isResidentCredential, signCount }),
    );
  }

  /** Forgets the session, as if the browser had been closed, and keeps the authenticator. */
  async forgetSession() {
    await this.#context.clearCookies();
  }

  /** What was wrong since this was asked last. */
  takeProblems() {
    return this.problems.splice(0);
  }

  async end() {
    await this.#browser?.close();
  }

  async #open(url) {
    return this.#page.goto(url, { waitUntil: 'load' });
  }

  async #look(name) {
    if (name) this.problems.push(...(await audit(this.#page, name, this.#screenshots)));
  }

  #form(action) {
    return this.#page.locator(`form[action^="${action}"]`).first();
  }

  async #submit(form, value) {
    const button = value ? form.locator(`button[value="${value}"]`) : form.locator('button:not([type=button])').first();
    await this.#leave(() => button.click());
  }

  /** Does what leads to another page, and waits until it is there. */
  async #leave(action) {
    const loaded = this.#page.waitForEvent('load');
    loaded.catch(() => {});
    await action();
    await loaded;
  }

  /** A page with an error status is an error to the console as well; what it says is the test's to judge. */
  #judge(message) {
    if (message.type() !== 'error' || (message.text().startsWith('Failed to load resource') && message.location().url === this.#page.url())) return;

    this.problems.push(`${this.#page.url()}: ${message.text()} (${message.location().url})`);
  }
}
