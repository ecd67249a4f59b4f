import type { FastifyRequest } from 'fastify';
import { callbackUrl } from '../application/begin-provider-sign-in.ts';
import { FLOW_LIFE_MS } from '../application/flow-store.ts';
import { visitOf } from './visit-of.ts';

const NAME = 'ashlar-sign-in-';

/**
 * What the browser brings back from the provider; null takes it away. It goes to the callback alone and signs nobody in
 * by itself. Over TLS it travels with the posted form of another site too, as Apple's answer is one.
 */
export function browserCookie(request: FastifyRequest, id: string, secret: string | null): string {
  const { protocol, pathname } = new URL(callbackUrl(visitOf(request)));
  const reach = protocol === 'https:' ? 'SameSite=None; Secure' : 'SameSite=Lax';
  const seconds = secret === null ? 0 : FLOW_LIFE_MS / 1000;
  return `${NAME}${id}=${secret ?? ''}; Path=${pathname}; Max-Age=${seconds}; HttpOnly; ${reach}`;
}

export function browserSecretOf({ headers }: FastifyRequest, id: string): string | null {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim());
  const pair = pairs.find((candidate) => candidate.startsWith(`${NAME}${id}=`));
  return pair?.slice(NAME.length + id.length + 1) ?? null;
}
