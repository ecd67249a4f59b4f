import { setTimeout as sleep } from 'node:timers/promises';
import type { Instance } from '../instance/instance.ts';
import { cpuUsed } from '../measure/cpu.ts';
import { processTreeMemory } from '../measure/memory.ts';
import type { StudioSession } from './studio-session.ts';

/** What a file took from its first byte to the committed table. */
export interface FileImport {
  readonly rows: number;
  readonly seconds: number;
  /** Of server and PostgreSQL, which a busy machine hardly changes. */
  readonly cpuSeconds: number;
  /** How much more memory the server itself had at its highest than before; NaN where the system does not tell. */
  readonly grownMiB: number;
}

const PATH = '/control/v1/projects/default/imports';
const LOOK_MS = 250;
const CITIES = ['Baghdad', 'Basra', 'القاهرة', 'Oslo'];
const COLUMNS = [
  ['id', 'bigint'],
  ['name', 'text'],
  ['city', 'text'],
  ['balance', 'numeric'],
  ['since', 'date'],
  ['note', 'text'],
] as const;

/** Sends a made file as Studio does, has it examined and loads it into a new table. */
export async function importFile(
  instance: Instance,
  session: StudioSession,
  table: string,
  rows: number,
): Promise<FileImport> {
  const text = fileOf(rows);
  const memory = watchMemory(instance.pid);
  const before = await cpuUsed(instance);
  const startedAt = performance.now();
  const size = Buffer.byteLength(text);
  // What the API documents for the beginning of an import.
  const begun = (await (await session.ask('POST', PATH, { name: `${table}.csv`, size })).json()) as {
    readonly id: string;
    readonly piece_bytes: number;
  };
  const bytes = Buffer.from(text);
  for (let offset = 0; offset < size; offset += begun.piece_bytes) {
    const piece = bytes.subarray(offset, offset + begun.piece_bytes);
    // oxlint-disable-next-line no-await-in-loop -- pieces come in their order
    await session.ask('PUT', `${PATH}/${begun.id}?offset=${offset}`, piece);
  }
  await (await session.ask('POST', `${PATH}/${begun.id}/examine`, {})).text();
  const answer = await session.ask('POST', `${PATH}/${begun.id}/load`, {
    schema: 'public',
    table,
    create: { columns: COLUMNS.map(([name, type]) => ({ name, type, nullable: name !== 'id' })), primaryKey: ['id'] },
    mapping: COLUMNS.map(([column], source) => ({ source, column })),
    repeated: 'refuse',
    skip_faulty: false,
    dry_run: false,
    dates: 'dmy',
  });
  const last = (await answer.text()).trim().split('\n').at(-1) ?? '';
  const seconds = (performance.now() - startedAt) / 1_000;
  const after = await cpuUsed(instance);
  const grownMiB = await memory.stop();
  if (!last.includes('"committed":true')) throw new Error(`The import ended with ${last.slice(0, 500)}`);
  const cpuSeconds = (after.server + after.postgres - before.server - before.postgres) / 1e6;
  return { rows, seconds, cpuSeconds, grownMiB };
}

function fileOf(rows: number): string {
  const lines = Array.from(
    { length: rows },
    (_, at) =>
      `${at + 1},Person number ${at},${CITIES[at % 4]},${at % 1000}.25,31/12/${2000 + (at % 25)},A note on ${at}`,
  );
  return `${COLUMNS.map(([name]) => name).join(',')}\n${lines.join('\n')}\n`;
}

function watchMemory(pid: number): { readonly stop: () => Promise<number> } {
  const own = async (): Promise<number> => {
    const tree = await processTreeMemory(pid);
    return tree.find((one) => one.pid === pid)?.pssMiB ?? Number.NaN;
  };
  const ending = new AbortController();
  const { signal } = ending;
  const watching = (async () => {
    const first = await own();
    let most = first;
    while (!signal.aborted) {
      // oxlint-disable-next-line no-await-in-loop -- looks again until it is told to stop
      await sleep(LOOK_MS);
      // oxlint-disable-next-line no-await-in-loop -- as above
      most = Math.max(most, await own());
    }
    return most - first;
  })();
  return {
    stop() {
      ending.abort();
      return watching;
    },
  };
}
