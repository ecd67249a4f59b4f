import type { CodeChallenge } from '../domain/code-challenge.ts';
import type { Contact } from '../domain/contact.ts';
import { drawCode, hashMailedCode, PKCE_PREFIX } from '../domain/mailed-code.ts';
import type { OneTimeTokenType } from './one-time-token-store.ts';
import type { Stores } from './stores.ts';
import type { Visit } from './visit.ts';

export interface SecretRequest {
  readonly userId: string;
  readonly type: OneTimeTokenType;
  /** Where the secret will be sent. */
  readonly contact: Contact;
  readonly challenge: CodeChallenge | null;
  /** Confirmations a change of address takes; default 1. */
  readonly halves?: 1 | 2;
  readonly at: Date;
}

export interface IssuedSecret {
  /** To be typed. */
  readonly code: string;
  /** To stand in a link. */
  readonly hash: string;
}

/** Draws a secret in place of the user's last one of this type. It is good once, until it expires. */
export async function issueSecret(stores: Stores, visit: Visit, request: SecretRequest): Promise<IssuedSecret> {
  const { userId, type, contact, challenge, halves = 1, at } = request;
  const code = codeFor(visit, contact);
  const bare = hashMailedCode(visit.project.keys.jwtSecret, contact.value, code);
  const hash = challenge === null ? bare : PKCE_PREFIX + bare;
  await stores.tokens.keep({ userId, type, hash, address: contact.value, issuedAt: at, halves, challenge });
  return { code, hash };
}

function codeFor({ settings }: Visit, { kind, value }: Contact): string {
  const { testCodes } = settings.phone;
  const fixed = kind === 'phone' && Object.hasOwn(testCodes, value) ? testCodes[value] : undefined;
  return fixed ?? drawCode(settings[kind].otpLength);
}
