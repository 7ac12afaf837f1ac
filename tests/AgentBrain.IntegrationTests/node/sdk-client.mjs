// @modelcontextprotocol/sdk, the SDK of the revisions up to 2025-11-25: a session, resources/subscribe, and the GET stream.
// Arguments: the endpoint and the root. Prints one JSON object.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ResourceUpdatedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { exercise } from './exercise.mjs';

const [endpoint, root] = process.argv.slice(2);
const secret = process.env.CLIENT_SECRET;
const transport = new StreamableHTTPClientTransport(new URL(endpoint), {
  requestInit: secret ? { headers: { Authorization: `Bearer ${secret}` } } : {},
});
const client = new Client({ name: 'integration-test', version: '1.0.0' });
await client.connect(transport);

const report = await exercise(client, root, async (uri, onUpdate) => {
  client.setNotificationHandler(ResourceUpdatedNotificationSchema, notification => onUpdate(notification.params.uri));
  await client.subscribeResource({ uri });
  return () => client.unsubscribeResource({ uri });
}, [undefined]);
report.protocol = transport.protocolVersion;
report.hasSession = transport.sessionId !== undefined;
await transport.terminateSession();
await client.close();
console.log(JSON.stringify(report));
