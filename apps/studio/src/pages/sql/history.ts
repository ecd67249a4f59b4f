/** One text that was run. */
export interface PastRun {
  readonly sql: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const MAX_RUNS = 50;
/** Longer texts are scripts, and kept elsewhere. */
const MAX_LENGTH = 20_000;

type Storage = Pick<globalThis.Storage, 'getItem' | 'setItem'>;

/** What somebody ran in a project, and what they were writing, in this browser alone. */
export interface SqlMemory {
  readonly runs: () => readonly PastRun[];
  /** The newest first, each text once. */
  readonly noteRun: (run: PastRun) => readonly PastRun[];
  readonly forget: () => void;
  readonly draft: () => string;
  readonly keepDraft: (sql: string) => void;
}

/** @param owner Of the texts; others who sign in with the same browser do not see them. */
export function openSqlMemory(storage: Storage, owner: string, ref: string): SqlMemory {
  const runsAt = `ashlar.sql.${owner}.${ref}.runs`;
  const draftAt = `ashlar.sql.${owner}.${ref}.draft`;
  // A full storage loses the past, never what is done now.
  const write = (key: string, text: string): void => {
    try {
      storage.setItem(key, text);
    } catch {}
  };
  const runs = (): readonly PastRun[] => readRuns(storage.getItem(runsAt));
  return {
    runs,
    noteRun(run) {
      if (run.sql.length > MAX_LENGTH) return runs();
      const next = [run, ...runs().filter(({ sql }) => sql !== run.sql)].slice(0, MAX_RUNS);
      write(runsAt, JSON.stringify(next));
      return next;
    },
    forget: () => write(runsAt, '[]'),
    draft: () => storage.getItem(draftAt) ?? '',
    keepDraft: (sql) => write(draftAt, sql.slice(0, MAX_LENGTH)),
  };
}

function readRuns(text: string | null): readonly PastRun[] {
  try {
    const found: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(found) ? found.filter(isRun) : [];
  } catch {
    return [];
  }
}

function isRun(value: unknown): value is PastRun {
  return (
    typeof value === 'object' &&
    value !== null &&
    'sql' in value &&
    typeof value.sql === 'string' &&
    'at' in value &&
    typeof value.at === 'number'
  );
}
