import { DEFAULT_HTTP_LIMITS, type HttpLimits } from '@ashlar/service';
import type { Rate } from '@ashlar/kernel';

export interface GatewayLimits extends HttpLimits {
  /** Requests under way at once; further ones are told to come again. */
  readonly requests: number;
  /** The same while the process has no moment to spare: whoever is let in then still has an answer soon. */
  readonly requestsWhenBusy: number;
  /** Per client address, before anything else is done for it; null = unlimited. */
  readonly perAddress: Rate | null;
  /** Per signed-in user, wherever the requests come from; null = unlimited. */
  readonly perUser: Rate | null;
  /**
   * Requests from this machine itself are not counted per address: they are the operator's, or those of a proxy
   * nobody declared, behind which all clients together would otherwise have the rate of one.
   */
  readonly exemptLoopback: boolean;
}

export const DEFAULT_GATEWAY_LIMITS: GatewayLimits = {
  ...DEFAULT_HTTP_LIMITS,
  requests: 2048,
  requestsWhenBusy: 256,
  perAddress: { perSecond: 300, burst: 3000 },
  perUser: { perSecond: 100, burst: 1000 },
  exemptLoopback: true,
};
