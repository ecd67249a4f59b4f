import { AshlarError } from '@ashlar/kernel';
import type { Outbound } from '@ashlar/outbound';
import { HookTooLarge, HookTooLate, type HookTransport } from './call-hook.ts';

/** Hooks through the guarded client: their addresses are settings of a project, and must not lead into our network. */
export function createOutboundHookTransport(outbound: Outbound): HookTransport {
  return async ({ url, headers, body, timeoutMs, maxBytes }) => {
    try {
      const response = await outbound.request({ url, method: 'POST', headers, body, timeoutMs, maxBytes });
      return {
        status: response.status,
        contentType: response.headers['content-type'] ?? '',
        retryAfter: response.headers['retry-after'] ?? null,
        body: Buffer.from(response.body).toString('utf8'),
      };
    } catch (error) {
      if (!(error instanceof AshlarError)) throw error;
      if (error.code === 'outbound.timeout') throw new HookTooLate(error.message, { cause: error });
      if (error.code === 'outbound.too_large') throw new HookTooLarge(error.message, { cause: error });
      throw error;
    }
  };
}
