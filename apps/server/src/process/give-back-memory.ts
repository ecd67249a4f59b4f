import { performance } from 'node:perf_hooks';

/** After the start, and between attempts while requests keep the process busy. */
const FIRST_LOOK_MS = 2_000;
const LOOK_AGAIN_MS = 10_000;
/** Share of the time between two looks below which nobody would notice a pause. */
const QUIET = 0.05;
/** A server that was busy for that long has other garbage by now than what starting left. */
const MAX_LOOKS = 6;

/**
 * Gives the system back, in the first quiet moment, what reading and compiling the sources needed of memory: some 50 MiB
 * that the engine itself would keep for minutes. Costs one pause of a tenth of a second, once.
 */
export function giveBackWhenQuiet(): { stop(): void } {
  let looks = 0;
  let since = performance.eventLoopUtilization();
  const look = (): void => {
    const { utilization } = performance.eventLoopUtilization(since);
    looks += 1;
    if (utilization < QUIET) void collect();
    else if (looks < MAX_LOOKS) {
      since = performance.eventLoopUtilization();
      timer = setTimeout(look, LOOK_AGAIN_MS).unref();
    }
  };
  let timer = setTimeout(look, FIRST_LOOK_MS).unref();
  return { stop: () => clearTimeout(timer) };
}

/** Only the inspector offers a collection that also lets go of what is kept for speed; it opens no port here. */
async function collect(): Promise<void> {
  const { Session } = await import('node:inspector/promises');
  const session = new Session();
  session.connect();
  await session.post('HeapProfiler.collectGarbage');
  session.disconnect();
}
