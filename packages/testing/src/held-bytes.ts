import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/**
 * Bytes of objects and buffers that something still holds on to: what is left after a collection, since anything else
 * tells how lazy the collector was. Takes some 50 ms.
 */
export function heldBytes(): number {
  // The bytes behind buffers are given back in the background; the second collection waits for the first one's.
  collectGarbage();
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
