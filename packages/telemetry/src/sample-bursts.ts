import type { Observation } from './observation.ts';

/** Alike observations within this time become one. */
const WINDOW_MS = 1_000;

export interface BurstSampler {
  take(observation: Observation): void;
  /** Tells what is still counted, now. */
  flush(): void;
}

interface Burst {
  last: Observation;
  count: number;
  timer: NodeJS.Timeout;
}

/**
 * Thins out what comes a thousand times a second when something is wrong: the first is told at once, those that follow
 * are told once a second, as the last of them and how many there were.
 *
 * @param tell Gets every observation that is to be told, and how many it stands for.
 */
export function sampleBursts(tell: (observation: Observation, count: number) => void): BurstSampler {
  const bursts = new Map<string, Burst>();

  function take(observation: Observation): void {
    const key = burstKey(observation);
    if (key === null) {
      tell(observation, 1);
      return;
    }
    const burst = bursts.get(key);
    if (burst === undefined) {
      tell(observation, 1);
      bursts.set(key, { last: observation, count: 0, timer: setTimeout(() => close(key), WINDOW_MS).unref() });
    } else {
      burst.last = observation;
      burst.count += 1;
    }
  }

  function close(key: string): void {
    const burst = bursts.get(key);
    if (burst === undefined) return;
    if (burst.count === 0) {
      bursts.delete(key);
      return;
    }
    tell(burst.last, burst.count);
    burst.count = 0;
    burst.timer = setTimeout(() => close(key), WINDOW_MS).unref();
  }

  function flush(): void {
    for (const { last, count, timer } of bursts.values()) {
      clearTimeout(timer);
      if (count > 0) tell(last, count);
    }
    bursts.clear();
  }

  return { take, flush };
}

/** What makes two observations alike; null for a kind that is told every time. */
function burstKey(observation: Observation): string | null {
  switch (observation.kind) {
    case 'session.refused':
      return `${observation.kind} ${observation.database} ${observation.reason}`;
    case 'session.lost':
      return `${observation.kind} ${observation.database} ${observation.login}`;
    case 'request.shed':
      return `${observation.kind} ${observation.service}`;
    case 'request.unreadable':
      return `${observation.kind} ${observation.status}`;
    default:
      return null;
  }
}
