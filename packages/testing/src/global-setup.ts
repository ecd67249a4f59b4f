import { openRunDoor } from './run-door.ts';

/** Vitest calls it once before the first worker and what it returns after the last one. */
export default function setup(): Promise<() => Promise<void>> {
  return openRunDoor();
}
