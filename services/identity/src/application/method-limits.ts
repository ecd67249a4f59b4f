import { type Rate, RateLimiter } from '@ashlar/kernel';
import { clientNetwork } from '../domain/client-network.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import type { ProtectionSettings } from '../domain/settings.ts';
import type { Visit } from './visit.ts';

/** What is counted, each by itself. */
export type LimitedMethod =
  | 'signUpsPerHour'
  | 'signInsPerHour'
  | 'refreshesPerHour'
  | 'verificationsPerHour'
  | 'anonymousPerHour'
  | 'messageRequestsPerHour';
/** What is counted for the whole project. */
export type LimitedMessage = 'mailsPerHour' | 'smsPerHour';

type Limited = LimitedMethod | LimitedMessage;

const SECONDS_PER_HOUR = 3600;
/** Five minutes' worth may come at once. */
const BURSTS_PER_HOUR = 12;

/**
 * Counts calls of a method by project and client network, and messages by project. In memory: every process counts for
 * itself, so with several the limits are that many times as wide; accounts are protected by the lockout, which is
 * counted in the database.
 */
export class MethodLimits {
  // By settings: whoever changes them starts counting anew.
  readonly #limiters = new WeakMap<ProtectionSettings, Map<Limited, RateLimiter>>();

  /** @throws {AshlarError} `identity.over_request_rate_limit` with the seconds to wait. */
  takeCall(visit: Visit, method: LimitedMethod, now: Date): void {
    const waitSeconds = this.#take(visit, method, clientNetwork(visit.client.address), now);
    if (waitSeconds > 0) throw identityErrors.overRequestRateLimit({ retryAfterSeconds: waitSeconds });
  }

  /** @throws {AshlarError} `identity.over_email_send_rate_limit`, `identity.over_sms_send_rate_limit`. */
  takeMessage(visit: Visit, message: LimitedMessage, now: Date): void {
    const waitSeconds = this.#take(visit, message, '', now);
    if (waitSeconds === 0) return;
    const over =
      message === 'mailsPerHour' ? identityErrors.overEmailSendRateLimit : identityErrors.overSmsSendRateLimit;
    throw over({ retryAfterSeconds: waitSeconds });
  }

  #take({ project, settings: { protection } }: Visit, limited: Limited, caller: string, now: Date): number {
    const perHour = protection[limited];
    if (perHour === null) return 0;
    if (perHour === 0) return SECONDS_PER_HOUR;
    return this.#limiter(protection, limited, perHour).take(`${project.ref} ${caller}`, now.getTime());
  }

  #limiter(protection: ProtectionSettings, limited: Limited, perHour: number): RateLimiter {
    let limiters = this.#limiters.get(protection);
    if (limiters === undefined) {
      limiters = new Map();
      this.#limiters.set(protection, limiters);
    }
    let limiter = limiters.get(limited);
    if (limiter === undefined) {
      limiter = new RateLimiter(rateOf(perHour));
      limiters.set(limited, limiter);
    }
    return limiter;
  }
}

function rateOf(perHour: number): Rate {
  return { perSecond: perHour / SECONDS_PER_HOUR, burst: Math.max(Math.ceil(perHour / BURSTS_PER_HOUR), 1) };
}
