// What every client does with the server, written once: the two SDKs differ in how they are told of updates, and in little else.
import { pathToFileURL } from 'node:url';
import { isAbsolute, join } from 'node:path';

/**
 * Runs the whole visit and returns what came back, for the test to judge. `watch` subscribes to a URI and calls back on updates;
 * `beforeOptions` are the arguments that the SDK's callTool takes before its options.
 */
export async function exercise(client, root, watch, beforeOptions = []) {
  const tools = (await client.listTools()).tools;
  const call = async (name, args) => {
    const result = await client.callTool({ name, arguments: args });
    if (result.isError) throw new Error(`${name}: ${result.content[0].text}`);
    return result.structuredContent;
  };

  // The second job waits for the first, so that it cannot end before the subscription is there.
  const first = await call('index_folder', { folder_path: root });
  const second = await call('index_folder', { folder_path: join(root, 'v3'), force: true });
  const updates = [];
  const updated = Promise.withResolvers();
  const watched = `job://${second.job_id}`;
  const unwatch = await watch(watched, uri => {
    updates.push(uri);
    updated.resolve();
  });

  const progress = [];
  const waited = await client.callTool(
    { name: 'wait_for_job', arguments: { job_id: first.job_id, poll_interval_seconds: 0.5, timeout_seconds: 120 } },
    ...beforeOptions,
    { onprogress: value => progress.push(value.progress), timeout: 120_000 },
  );
  await within(updated.promise, 60_000, `an update of ${watched}`);
  await unwatch();
  await call('wait_for_job', { job_id: second.job_id, timeout_seconds: 120 });

  const search = async query => (await call('search_documents', { query, top_k: 10 })).results;
  const hits = await search('parse ISO datetime');
  const read = async uri => (await client.readResource({ uri })).contents[0].text;
  const prompt = await client.getPrompt({ name: 'find-callers', arguments: { symbol: 'safeParse' } });
  const completed = await client.complete({ ref: { type: 'ref/prompt', name: 'find-callers' }, argument: { name: 'language', value: 'typ' } });
  const refused = await client.callTool({ name: 'search_documents', arguments: { query: 'x', top_k: 0 } });
  const source = hits[0].source;
  return {
    server: client.getServerVersion().name,
    tools: tools.map(tool => ({
      name: tool.name,
      hints: ['readOnlyHint', 'destructiveHint', 'idempotentHint', 'openWorldHint'].filter(hint => typeof tool.annotations?.[hint] === 'boolean').length,
      hasOutputSchema: tool.outputSchema?.type === 'object',
    })),
    jobId: first.job_id,
    jobStatus: waited.structuredContent.status,
    progress,
    watched,
    updates,
    phrase: hits.map(hit => hit.source),
    wholeIdentifier: (await search('ZodISODateTime')).map(hit => hit.source),
    splitIdentifier: (await search('iso date time')).map(hit => hit.source),
    chunkOfHit: hits[0].text,
    statusResource: await read('corpus://status'),
    jobResource: await read(`job://${first.job_id}`),
    chunkResource: await read(`chunk://${hits[0].chunk_id}`),
    fileResource: await read(isAbsolute(source) ? pathToFileURL(source).href : `file:///${source}`),
    prompt: prompt.messages[0].content.text,
    completion: completed.completion.values,
    refusedIsError: refused.isError === true,
    refusal: refused.content[0].text,
  };
}

function within(promise, milliseconds, what) {
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error(`no ${what} in ${milliseconds} ms`)), milliseconds).unref());
  return Promise.race([promise, late]);
}
