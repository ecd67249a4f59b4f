import { setTimeout as delay } from 'node:timers/promises';

/** Far more than the writes for an account cost over those without, far less than a mail takes. */
const STEP_MS = 25;

/**
 * Does the work and answers, or refuses, after a whole number of steps of time: what is done only for an account that
 * exists does not show in how long the answer takes. Nothing is held meanwhile.
 */
export async function inEvenTime<Result>(work: () => Promise<Result>): Promise<Result> {
  const startedAt = performance.now();
  try {
    return await work();
  } finally {
    const elapsedMs = performance.now() - startedAt;
    await delay(STEP_MS - (elapsedMs % STEP_MS));
  }
}
