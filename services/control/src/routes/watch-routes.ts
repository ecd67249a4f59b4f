import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { inProject } from '../application/authorise.ts';
import type { ControlParts } from '../application/control-parts.ts';
import type { WatchDesk, WatchWord } from '../watch/watch-desk.ts';
import { actorOf } from './actor-of.ts';
import { projectPath } from './project-routes.ts';
import { readParams, readQuery } from './read-input.ts';

const MAX_KEY_COLUMNS = 32;
const identifier = z.string().min(1).max(63);
const watching = z.strictObject({
  schema: identifier,
  table: identifier,
  key: z
    .string()
    .max(MAX_KEY_COLUMNS * 70)
    .transform((text, context) => {
      try {
        return z.array(identifier).min(1).max(MAX_KEY_COLUMNS).parse(JSON.parse(text));
      } catch {
        context.addIssue({ code: 'custom', message: 'wanted a JSON array of names of columns' });
        return z.NEVER;
      }
    }),
});

/** Which rows of a table others change, a line of JSON for each gathering of them. */
export function addWatchRoutes(app: FastifyInstance, parts: ControlParts, desk: WatchDesk): void {
  app.get('/projects/:ref/changes', async (request, reply) => {
    const { ref } = readParams(request, projectPath);
    const asked = readQuery(request, watching);
    const actor = await actorOf(parts, request);
    await parts.inTransaction((stores) => inProject(stores, actor, ref, 'sql.watch'));
    const stop = new AbortController();
    const words = desk.watch(parts, actor, ref, asked, stop.signal);
    // What refuses it as a whole is answered as any refusal is.
    const first = await words.next();
    const lines = Readable.from(linesOf(first, words), { objectMode: false });
    // Ends a watch whose next word nobody waits for, and one that never began to be read.
    lines.once('close', () => {
      stop.abort();
      void words.return(undefined);
    });
    return reply.header('content-type', 'application/x-ndjson; charset=utf-8').send(lines);
  });
}

async function* linesOf(first: IteratorResult<WatchWord>, words: AsyncGenerator<WatchWord>): AsyncGenerator<string> {
  if (first.done === true) return;
  yield `${JSON.stringify(documentOf(first.value))}\n`;
  for await (const word of words) yield `${JSON.stringify(documentOf(word))}\n`;
}

function documentOf(word: WatchWord): unknown {
  switch (word.kind) {
    case 'ready':
      return { live: word.isLive };
    case 'changes':
      return { changes: word.changes, more: word.isMore };
    case 'still':
      return {};
  }
}
