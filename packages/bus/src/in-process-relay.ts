import type { Observe } from '@ashlar/telemetry';
import { assertMessage, assertSubject } from './check-message.ts';
import type { Relay, RelayedBatch, RelayFollower } from './relay.ts';

/** Positions remembered, to know a batch that is sent again. */
const MAX_POSITIONS = 10_000;

/** For parts of one process. Followers hear of a batch after its sender has gone on, and miss what came before them. */
export function createInProcessRelay({ observe }: { readonly observe: Observe }): Relay {
  const followers = new Set<RelayFollower>();
  const positions = new Set<string>();
  let isClosed = false;

  function isRepeated({ project, position }: RelayedBatch): boolean {
    const key = `${project} ${position}`;
    if (positions.has(key)) return true;
    positions.add(key);
    const [oldest] = positions;
    if (positions.size > MAX_POSITIONS && oldest !== undefined) positions.delete(oldest);
    return false;
  }

  function tell(follower: RelayFollower, batch: RelayedBatch): void {
    if (!followers.has(follower)) return;
    try {
      follower.onBatch(batch);
    } catch (error) {
      observe({ kind: 'bus.handler-failed', subject: batch.kind, error });
    }
  }

  return {
    publish(batch) {
      assertMessage(`${batch.project}.${batch.kind}.${batch.type}`, batch.bytes);
      if (isClosed) return Promise.resolve(false);
      if (isRepeated(batch)) return Promise.resolve(true);
      for (const follower of followers) if (follower.kind === batch.kind) queueMicrotask(() => tell(follower, batch));
      return Promise.resolve(true);
    },
    follow(follower) {
      assertSubject(`${follower.kind}.${follower.name}`);
      followers.add(follower);
      queueMicrotask(() => {
        if (followers.has(follower)) follower.onMissed();
      });
      return { stop: () => void followers.delete(follower) };
    },
    close() {
      isClosed = true;
      followers.clear();
      return Promise.resolve();
    },
  };
}
