import type { DatabaseTarget } from '@ashlar/postgres';
import { Client } from 'pg';
import { accessOf } from './open-pool.ts';

export interface JobsListener {
  close(): Promise<void>;
}

const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 10_000;
/** A connection that is gone without a word is noticed by this question. */
const ASK_EVERY_MS = 30_000;

export interface JobsListenerOptions {
  readonly control: DatabaseTarget;
  /** Empty: there are new jobs. `cancel <id>`; `schedules`; `connected`: anything may have been missed. */
  readonly onNote: (note: string) => void;
}

/** Hears what is announced in the control database, and connects again whenever it has to. */
export function listenForJobs({ control, onNote }: JobsListenerOptions): JobsListener {
  let client: Client | null = null;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  let asking: NodeJS.Timeout | undefined;
  let retryInMs = FIRST_RETRY_MS;

  async function connect(): Promise<void> {
    const opened = new Client({ ...accessOf(control), keepAlive: true });
    const again = (): void => {
      if (client !== opened) return;
      client = null;
      clearInterval(asking);
      if (isClosed) return;
      timer = setTimeout(() => void connect(), retryInMs).unref();
      retryInMs = Math.min(retryInMs * 2, LAST_RETRY_MS);
    };
    client = opened;
    opened.on('error', () => {
      again();
      opened.end().catch(() => undefined);
    });
    opened.on('end', again);
    opened.on('notification', ({ payload = '' }) => onNote(payload));
    try {
      await opened.connect();
      await opened.query('listen ashlar_jobs');
      retryInMs = FIRST_RETRY_MS;
      asking = setInterval(() => {
        opened.query('select').catch(() => opened.end().catch(() => undefined));
      }, ASK_EVERY_MS).unref();
      onNote('connected');
    } catch {
      again();
      await opened.end().catch(() => undefined);
    }
  }

  const connecting = connect();
  return {
    async close() {
      isClosed = true;
      clearTimeout(timer);
      clearInterval(asking);
      await connecting;
      await client?.end().catch(() => undefined);
    },
  };
}
