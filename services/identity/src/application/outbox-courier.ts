import { BoundedCache } from '@ashlar/kernel';
import { type Job, type JobQueue, type Project, sealingSecretOf } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import { sealingKeys, sealSecrets } from '../domain/sealed-secrets.ts';
import type { OutgoingMessage } from './outgoing-message.ts';
import type { InTransaction } from './stores.ts';

export const SWEEP_OUTBOX = 'identity.sweep-outbox';
export const SEND_MESSAGE = 'identity.send-message';

/** A row of `auth.outbox`. */
export interface OutboxRow {
  readonly id: string;
  readonly message: OutgoingMessage;
  readonly createdAt: Date;
}

/**
 * Passes rows on and removes them once that has succeeded, a bounded number at a time. Rows another process is passing
 * on are left to it.
 *
 * @returns How many.
 */
export type TakeOutbox = (project: Project, pass: (rows: readonly OutboxRow[]) => Promise<void>) => Promise<number>;

export interface CourierParts {
  readonly jobs: JobQueue;
  readonly takeOutbox: TakeOutbox;
  readonly observe: Observe;
  readonly now: () => Date;
}

/** Brings messages of committed transactions from a project's outbox to the queue. */
export interface OutboxCourier {
  /**
   * Sees to it that the outbox is looked after even if this process is killed before it can: called before the commit.
   * Never throws: while this process lives, it looks after the outbox itself.
   */
  expect(project: Project): Promise<void>;
  /** The project is in use: looks for what was left behind, at first and then now and again. Never waits. */
  seen(project: Project): void;
  /** There is something in the outbox. Never waits, never throws. */
  due(project: Project): void;
  /** @throws What went wrong. */
  sweep(project: Project): Promise<void>;
  /** Lets what is under way finish. */
  close(): Promise<void>;
}

/** After a crash a message is late by this much at most. */
const SWEEP_AFTER_MS = 15_000;
/** A sweep that is this far away still covers a transaction that begins now. */
const LEAST_AHEAD_MS = 8_000;
const RETRY_MS = 3_000;
/** How often the outbox of a project in use is looked into for no particular reason. */
const ROUND_MS = 60_000;
const MAX_PROJECTS = 1_000;
/** Messages of one project under way at once: a server that hangs holds up its own project only. */
const LANES = 3n;
/** With growing pauses this is about half a day; most messages expire long before. */
const MAX_ATTEMPTS = 14;

export function createOutboxCourier({ jobs, takeOutbox, observe, now }: CourierParts): OutboxCourier {
  /** When the next sweep of a project runs, as far as this process arranged it. */
  const sweepsAt = new BoundedCache<string, number>(MAX_PROJECTS);
  const seenAt = new BoundedCache<string, number>(MAX_PROJECTS);
  const running = new Map<string, Promise<void>>();
  const again = new Set<string>();
  let isClosed = false;

  async function sweep(project: Project): Promise<void> {
    const pass = (rows: readonly OutboxRow[]): Promise<void> => jobs.add(rows.map((row) => toJob(project, row)));
    while ((await takeOutbox(project, pass)) > 0);
  }

  async function run(project: Project): Promise<void> {
    try {
      do {
        again.delete(project.ref);
        await sweep(project);
      } while (again.has(project.ref));
    } catch (error) {
      observe({ kind: 'outbox.stuck', project: project.ref, error });
      if (!isClosed) setTimeout(() => due(project), RETRY_MS).unref();
    } finally {
      running.delete(project.ref);
    }
  }

  const due = (project: Project): void => {
    if (isClosed) return;
    if (running.has(project.ref)) again.add(project.ref);
    else running.set(project.ref, run(project));
  };

  return {
    async expect({ ref }) {
      const nowMs = now().getTime();
      if ((sweepsAt.get(ref) ?? 0) > nowMs + LEAST_AHEAD_MS) return;
      sweepsAt.set(ref, nowMs + SWEEP_AFTER_MS);
      try {
        await jobs.add([toSweep(ref, new Date(nowMs + SWEEP_AFTER_MS))]);
      } catch (error) {
        sweepsAt.delete(ref);
        observe({ kind: 'outbox.stuck', project: ref, error });
      }
    },
    seen(project) {
      const at = performance.now();
      if (at - (seenAt.get(project.ref) ?? -Infinity) < ROUND_MS) return;
      seenAt.set(project.ref, at);
      due(project);
    },
    due,
    sweep,
    async close() {
      isClosed = true;
      await Promise.all(running.values());
    },
  };
}

/** The transaction, with its messages on their way as soon as it has committed. */
export function withCourier(inTransaction: InTransaction, courier: OutboxCourier): InTransaction {
  return async (cause, run) => {
    let hasMessages = false;
    const result = await inTransaction(cause, (stores) =>
      run({
        ...stores,
        outbox: {
          ...stores.outbox,
          async add(message, at) {
            hasMessages = true;
            await Promise.all([stores.outbox.add(message, at), courier.expect(cause.project)]);
          },
        },
      }),
    );
    if (hasMessages) courier.due(cause.project);
    return result;
  };
}

function toSweep(ref: string, runAt: Date): Job {
  return { task: SWEEP_OUTBOX, key: `${SWEEP_OUTBOX}:${ref}`, payload: { project: ref }, repeat: 'replace', runAt };
}

/** The message is sealed: it holds links and codes that sign people in, and the queue is outside the project. */
function toJob({ ref, keys }: Project, { id, message, createdAt }: OutboxRow): Job {
  // Ids begin anew when a project's database does.
  const key = `${ref}.${createdAt.getTime()}.${id}`;
  return {
    task: SEND_MESSAGE,
    key: `${SEND_MESSAGE}:${key}`,
    lane: `${SEND_MESSAGE}:${ref}:${BigInt(id) % LANES}`,
    payload: {
      project: ref,
      key,
      writtenAt: createdAt.toISOString(),
      channel: message.kind,
      template: message.kind === 'mail' ? message.template : 'sms',
      sealed: sealSecrets(sealingKeys(sealingSecretOf(keys)), { secret: JSON.stringify(message) }),
    },
    repeat: 'keep',
    maxAttempts: MAX_ATTEMPTS,
  };
}
