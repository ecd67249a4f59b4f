/** Takes and hands out files, synced before it says so, and does nothing else: the most a Node process can do. */
import { createReadStream } from 'node:fs';
import { open, rename, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';

// The parent passes both on the command line and trusts itself.
const [port = '', folder = ''] = process.argv.slice(2);
let made = 0;

createServer((request, response) => {
  const path = join(folder, (request.url ?? '').replaceAll('/', ''));
  if (request.method === 'POST') {
    // The load generator breaks its last requests off.
    void take(request, path).then(
      () => response.end('taken'),
      () => response.destroy(),
    );
    return;
  }
  void hand(path, response);
}).listen(Number(port), '127.0.0.1');

async function take(request: IncomingMessage, path: string): Promise<void> {
  const unfinished = `${path}.${(made += 1)}`;
  const file = await open(unfinished, 'wx');
  for await (const chunk of request as AsyncIterable<Buffer>) await file.write(chunk);
  await file.sync();
  await file.close();
  await rename(unfinished, path);
  const directory = await open(folder, 'r');
  await directory.sync();
  await directory.close();
}

async function hand(path: string, response: ServerResponse): Promise<void> {
  const found = await stat(path).catch(() => null);
  response.writeHead(found === null ? 404 : 200, { 'content-length': found?.size ?? 0 });
  if (found === null) response.end();
  else createReadStream(path, { highWaterMark: 262_144 }).pipe(response);
}
