// @modelcontextprotocol/client, the SDK of 2026-07-28: no session, and subscriptions/listen.
// Arguments: the endpoint and the root. Prints one JSON object.
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { exercise } from './exercise.mjs';

const [endpoint, root] = process.argv.slice(2);
const secret = process.env.CLIENT_SECRET;
const transport = new StreamableHTTPClientTransport(new URL(endpoint), {
  requestInit: secret ? { headers: { Authorization: `Bearer ${secret}` } } : {},
});
const client = new Client({ name: 'integration-test', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
await client.connect(transport);

let ended;
const report = await exercise(client, root, async (uri, onUpdate) => {
  client.setNotificationHandler('notifications/resources/updated', notification => onUpdate(notification.params.uri));
  const subscription = await client.listen({ resourceSubscriptions: [uri] });
  return async () => {
    await subscription.close();
    ended = await subscription.closed;
  };
});
report.protocol = client.getNegotiatedProtocolVersion();
report.hasSession = transport.sessionId !== undefined;
report.subscriptionEnded = ended;
await client.close();
console.log(JSON.stringify(report));
