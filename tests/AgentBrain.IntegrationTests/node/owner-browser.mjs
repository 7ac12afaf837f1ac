// The owner's browser as a program of its own, which tests and clients tell what to do over loopback: POST / takes {"do": "visit", ...}
// and answers {"result": ...} or {"error": "..."}; both with the problems that were seen. It is also where clients have the browser
// sent back to: GET /callback. Prints its address. Variables: CHROMIUM (the program), OWNER_PASSWORD, AGENT_BRAIN_SCREENSHOTS (a
// directory; no screenshots without it).
import { createServer } from 'node:http';
import { Owner } from './owner.mjs';

const COMMANDS = ['begin', 'setup', 'visit', 'signIn', 'signOut', 'authorize', 'press', 'plugIn', 'credentials', 'forgetSession'];

const owner = new Owner({ executable: process.env.CHROMIUM, password: process.env.OWNER_PASSWORD, screenshots: process.env.AGENT_BRAIN_SCREENSHOTS });
await owner.begin();

let last = Promise.resolve();
const server = createServer(async (request, response) => {
  if (request.method === 'GET') {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end('<!DOCTYPE html><html lang="en"><link rel="icon" href="data:,"><title>Done</title><p>You can close this page.');
    return;
  }

  // One after the other: there is one owner with one page.
  const text = await read(request);
  last = last.then(() => answer(JSON.parse(text)));
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(await last));
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
process.stdin.on('end', stop).resume();
process.on('SIGTERM', stop);

async function answer({ do: name, ...parameters }) {
  try {
    if (!COMMANDS.includes(name)) throw new Error(`there is no command ${name}`);
    return { result: await owner[name](parameters), problems: owner.takeProblems() };
  } catch (error) {
    return { error: `${name}: ${error.stack}`, problems: owner.takeProblems() };
  }
}

async function read(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function stop() {
  await owner.end();
  process.exit(0);
}
