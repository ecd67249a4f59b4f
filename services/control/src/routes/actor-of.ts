import type { FastifyRequest } from 'fastify';
import type { Actor } from '../application/authorise.ts';
import type { ControlParts } from '../application/control-parts.ts';
import { TOKEN_PREFIX } from '../application/manage-keys.ts';
import type { Account, AuditAuthor } from '../application/stores.ts';
import { digestOf } from '../application/tokens.ts';
import { controlErrors } from '../control-errors.ts';

export type Origin = Pick<AuditAuthor, 'address' | 'requestId'>;

export function originOf({ ashlar }: FastifyRequest): Origin {
  return { address: ashlar.clientAddress, requestId: ashlar.requestId };
}

/**
 * Who asks: an account of the control project, or a personal token of one.
 *
 * @throws {AshlarError} `control.unauthenticated`, `control.factor_due`.
 */
export async function actorOf(parts: ControlParts, request: FastifyRequest): Promise<Actor> {
  const token = personalToken(request);
  if (token !== null) return actorOfToken(parts, request, token);
  const account = await signedInAccount(parts, request);
  if (account === null) throw controlErrors.unauthenticated();
  // A password alone opens nothing to who has a second factor.
  if (request.ashlar.caller.claims['aal'] !== 'aal2' && (await parts.accounts.hasFactor(account.id))) {
    throw controlErrors.factorDue();
  }
  const author = { kind: 'account', id: account.id, name: account.email, ...originOf(request) } as const;
  return { accountId: account.id, email: account.email, scopes: null, author };
}

/** The account a session's token names; null for everybody else. */
async function signedInAccount(
  { inTransaction }: Pick<ControlParts, 'inTransaction'>,
  request: FastifyRequest,
): Promise<Account | null> {
  const session = sessionAccount(request);
  if (session === null) return null;
  return (await inTransaction(({ accounts }) => accounts.find(session.id))) ?? null;
}

/** Who a session says it is, known to this service or not. Nobody administers in somebody else's name. */
export function sessionAccount({ ashlar }: FastifyRequest): Account | null {
  const { caller, refusal } = ashlar;
  const { sub, email, act } = caller.claims;
  if (refusal !== null || act !== undefined || caller.role !== 'authenticated' || typeof sub !== 'string') return null;
  return { id: sub, email: typeof email === 'string' ? email : '' };
}

function personalToken({ headers }: FastifyRequest): string | null {
  const [scheme = '', token = ''] = (headers.authorization ?? '').split(' ');
  return scheme.toLowerCase() === 'bearer' && token.startsWith(TOKEN_PREFIX) ? token : null;
}

async function actorOfToken(parts: ControlParts, request: FastifyRequest, token: string): Promise<Actor> {
  const found = await parts.inTransaction(async ({ tokens, accounts }) => {
    const known = await tokens.use(digestOf(token));
    return known === null ? null : { known, account: await accounts.find(known.account_id) };
  });
  if (found?.account == null || !(await parts.accounts.isActive(found.account.id)))
    throw controlErrors.unauthenticated();
  const { known, account } = found;
  const author = {
    kind: 'token',
    id: account.id,
    name: `${account.email} (${known.name})`,
    ...originOf(request),
  } as const;
  return { accountId: account.id, email: account.email, scopes: known.scopes, author };
}
