import { BoundedCache } from '@ashlar/kernel';
import type { Job, JobQueue, Project, Projects, Task } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import { z } from 'zod';
import { drainQueue, type DrainParts } from './drain-queue.ts';

const SEND_DUE = 'notifications.send-due';

export interface CourierParts extends DrainParts {
  readonly jobs: JobQueue;
  readonly projects: Projects;
  readonly observe: Observe;
}

/** Sees to it that a job sends what waits in a project, now or when it is due. */
export interface QueueCourier {
  /**
   * Called before a message is committed: a job of the near future finds it even if this process is killed right after
   * the commit. Never throws: while this process lives, it looks after the queue itself.
   */
  expect(ref: string): Promise<void>;
  /** Something was committed. Never waits, never throws. */
  due(ref: string): void;
  /** The project is in use: looks for what was left behind, now and again. */
  seen(ref: string): void;
  readonly task: Task;
  /** Lets what is under way finish. */
  close(): Promise<void>;
}

/** After a crash a message is late by this much at most. */
const GUARD_MS = 15_000;
/** A guard this far away still covers a transaction that begins now. */
const LEAST_AHEAD_MS = 8_000;
const RETRY_MS = 3_000;
const ROUND_MS = 60_000;
const FORGET_EVERY_MS = 3_600_000;
const MAX_PROJECTS = 1_000;
const MAX_ATTEMPTS = 25;

const payloadSchema = z.object({ project: z.string().max(100) });

export function createQueueCourier(parts: CourierParts): QueueCourier {
  const { jobs, projects, observe, now, store } = parts;
  const guardedUntil = new BoundedCache<string, number>(MAX_PROJECTS);
  const seenAt = new BoundedCache<string, number>(MAX_PROJECTS);
  const forgotAt = new BoundedCache<string, number>(MAX_PROJECTS);
  const adding = new Map<string, Promise<void>>();
  const again = new Set<string>();
  let isClosed = false;

  async function wake(ref: string): Promise<void> {
    try {
      do {
        again.delete(ref);
        await jobs.add([toJob(ref, 'now')]);
      } while (again.has(ref));
    } catch (error) {
      observe({ kind: 'outbox.stuck', project: ref, error });
      if (!isClosed) setTimeout(() => due(ref), RETRY_MS).unref();
    } finally {
      adding.delete(ref);
    }
  }

  function due(ref: string): void {
    if (isClosed) return;
    if (adding.has(ref)) again.add(ref);
    else adding.set(ref, wake(ref));
  }

  async function forget(project: Project): Promise<void> {
    const at = performance.now();
    if (at - (forgotAt.get(project.ref) ?? -Infinity) < FORGET_EVERY_MS) return;
    forgotAt.set(project.ref, at);
    await store.forgetOld(project);
  }

  return {
    async expect(ref) {
      const nowMs = now().getTime();
      if ((guardedUntil.get(ref) ?? 0) > nowMs + LEAST_AHEAD_MS) return;
      guardedUntil.set(ref, nowMs + GUARD_MS);
      try {
        await jobs.add([toJob(ref, 'guard', new Date(nowMs + GUARD_MS))]);
      } catch (error) {
        guardedUntil.delete(ref);
        observe({ kind: 'outbox.stuck', project: ref, error });
      }
    },
    due,
    seen(ref) {
      const at = performance.now();
      if (at - (seenAt.get(ref) ?? -Infinity) < ROUND_MS) return;
      seenAt.set(ref, at);
      due(ref);
    },
    task: {
      name: SEND_DUE,
      async run(payload, { signal }) {
        const { project: ref } = payloadSchema.parse(payload);
        const project = await projects.wake(ref);
        if (project === undefined) return;
        const next = await drainQueue(parts, project, signal);
        // A job of its own name: what wakes the queue now is never put off by what is due later.
        if (next !== null) await jobs.add([toJob(ref, 'later', next)]);
        await forget(project);
      },
    },
    async close() {
      isClosed = true;
      await Promise.all(adding.values());
    },
  };
}

function toJob(ref: string, which: 'now' | 'guard' | 'later', runAt?: Date): Job {
  return {
    task: SEND_DUE,
    key: `${SEND_DUE}:${which}:${ref}`,
    lane: `${SEND_DUE}:${ref}`,
    payload: { project: ref },
    // One that runs already may have looked before this message was there.
    repeat: 'replace',
    maxAttempts: MAX_ATTEMPTS,
    ...(runAt === undefined ? {} : { runAt }),
  };
}
