import { createHash } from 'node:crypto';
import { clientNetwork } from './client-network.ts';

/** What failed attempts at one account are counted by. */
export interface AttemptSubjects {
  /** The account as this client's network sees it. */
  readonly fromNetwork: Buffer;
  /** The account, whoever tries. */
  readonly fromAnywhere: Buffer;
}

/**
 * Two counts: a guesser locks the account for its own network long before it locks it for everybody, so that nobody
 * is kept out of their account by a stranger's handful of wrong passwords, and a guesser with many networks still
 * meets a bound. Hashed, because the address need not be an account's and says who was looked for.
 */
export function attemptSubjects(kind: string, account: string, clientAddress: string): AttemptSubjects {
  return {
    fromNetwork: digest(kind, account, clientNetwork(clientAddress)),
    fromAnywhere: digest(kind, account, ''),
  };
}

/** Parts are told apart by their lengths, so that no two different lists look alike. */
function digest(...parts: readonly string[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:${part}`);
  return hash.digest();
}
