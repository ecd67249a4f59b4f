import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { processStart } from '@ashlar/postgres';
import { z } from 'zod';

/** What a running process tells the commands beside it, in `<data>/run/<name>.json`. */
export interface RunState {
  readonly pid: number;
  /** The pid alone may have been given to another process since. */
  readonly processStart: string;
  readonly version: string;
  readonly services: readonly string[];
  /** Where its HTTP listener answers. */
  readonly url: string;
  /** How clients reach it: as configured, else `url`. */
  readonly publicUrl: string;
  /** Where gRPC answers, when it does. */
  readonly grpcPort?: number | undefined;
  readonly startedAt: string;
  /** The database server, as people and as commands of this machine reach it. */
  readonly postgres: {
    readonly kind: 'embedded' | 'external';
    readonly host: string;
    readonly port: number;
    readonly socketDir: string | null;
    readonly defaultDatabase: string;
  };
}

const stateFile: z.ZodType<RunState> = z.object({
  pid: z.int(),
  processStart: z.string(),
  version: z.string(),
  services: z.array(z.string()),
  url: z.string(),
  publicUrl: z.string(),
  grpcPort: z.int().optional(),
  startedAt: z.string(),
  postgres: z.object({
    kind: z.enum(['embedded', 'external']),
    host: z.string(),
    port: z.int(),
    socketDir: z.string().nullable(),
    defaultDatabase: z.string(),
  }),
});

const START_STATE = 'server';
const PART_STATE = 'serve-';

/**
 * `start` is alone on its folder: `server`. Of processes that serve some services there may be several of the same, so
 * each has a file of its own, and none writes over another's or takes it away: `serve-data-4711`.
 */
export function stateName(services: 'all' | readonly string[]): string {
  return services === 'all' ? START_STATE : `${PART_STATE}${services.join('-')}-${process.pid}`;
}

export function writeRunState(runDir: string, name: string, state: RunState): void {
  mkdirSync(runDir, { recursive: true });
  removeLeftStates(runDir);
  const path = join(runDir, `${name}.json`);
  writeFileSync(`${path}.tmp`, `${JSON.stringify(state, null, 2)}\n`);
  renameSync(`${path}.tmp`, path);
}

export function removeRunState(runDir: string, name: string): void {
  rmSync(join(runDir, `${name}.json`), { force: true });
}

/** A process that was killed leaves its file, and the next one of its kind has another name. */
function removeLeftStates(runDir: string): void {
  for (const file of readdirSync(runDir)) {
    if (!file.startsWith(PART_STATE) || !file.endsWith('.json')) continue;
    const name = file.slice(0, -'.json'.length);
    if (readRunState(runDir, name) === null) removeRunState(runDir, name);
  }
}

/** The state of the process that runs now; null when there is none, or only what a killed one left. */
export function readRunState(runDir: string, name: string = START_STATE): RunState | null {
  let text: string;
  try {
    text = readFileSync(join(runDir, `${name}.json`), 'utf8');
  } catch {
    return null;
  }
  const parsed = stateFile.safeParse(parseJson(text));
  return parsed.success && processStart(parsed.data.pid) === parsed.data.processStart ? parsed.data : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
