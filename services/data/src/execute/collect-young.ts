import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes passed through between two collections: each takes about a millisecond. */
const STEP_BYTES: number = 4 * 1024 * 1024;

type Collect = (options: { readonly type: 'minor' }) => void;

let collect: Collect | null = null;
let passedBytes = 0;

/**
 * Has V8 free young garbage after every few MiB of a long answer. Packets and chunks are memory outside its heap, which it
 * lets grow to tens of MiB before it looks: a stream makes little garbage inside the heap that would have it look sooner.
 *
 * @param bytes Passed on since the last call, in all streams of the process.
 */
export function notePassed(bytes: number): void {
  passedBytes += bytes;
  if (passedBytes < STEP_BYTES) return;
  passedBytes = 0;
  collect ??= exposeCollector();
  collect({ type: 'minor' });
}

/** The function is there only in a context made after the flag was set; a runtime without it collects as it likes. */
function exposeCollector(): Collect {
  setFlagsFromString('--expose-gc');
  const exposed: unknown = runInNewContext('typeof gc === "function" ? gc : null');
  setFlagsFromString('--no-expose-gc');
  // V8 documents the function to take these options.
  return typeof exposed === 'function' ? (exposed as Collect) : () => undefined;
}
