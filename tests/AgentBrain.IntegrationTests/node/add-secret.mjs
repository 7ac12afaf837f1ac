// A proxy that adds the secret to every request, for a client that cannot. Where its own address stands in Host or Origin it puts the
// server's; it lets every other pass, so that the server judges the names that the client claims.
// Argument: the server's address. Prints its own address.
import { createServer, request } from 'node:http';

const target = new URL(process.argv[2]);
const server = createServer((incoming, outgoing) => {
  const translate = value => value?.replace(`127.0.0.1:${server.address().port}`, target.host);
  const { host, origin, ...others } = incoming.headers;
  const headers = { ...others, host: translate(host), ...(origin && { origin: translate(origin) }), authorization: `Bearer ${process.env.CLIENT_SECRET}` };
  const forwarded = request({ host: target.hostname, port: target.port, path: incoming.url, method: incoming.method, headers }, response => {
    outgoing.writeHead(response.statusCode, response.headers);
    response.pipe(outgoing);
  });
  forwarded.on('error', () => outgoing.destroy());
  outgoing.on('close', () => forwarded.destroy());
  incoming.pipe(forwarded);
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
