import { type AnyUseCase, must, type Suite } from '@ashlar/kernel';
import type { LocalSettings, Transaction, TransactionOptions } from '@ashlar/postgres';
import type { Invocation } from '../invocation.ts';
import type { AnswerKey } from './answer-key.ts';

/** The organisation of an instance that never made another. */
const DEFAULT_ORGANISATION = '00000000-0000-0000-0000-000000000001';
/** The server's bounds of one statement, and of one wait for a lock. */
const STATEMENT_TIMEOUT_MS = 30_000;
const LOCK_TIMEOUT = '10s';

/** Whose role runs it: commands and the platform's own doings the suite's, people's reads their own. */
export function transactionOptions(suite: Suite, useCase: AnyUseCase, invocation: Invocation): TransactionOptions {
  const { caller, dryRun, signal, trusted, isNested = false } = invocation;
  const asSuite = useCase.kind === 'command' || caller.role === 'service_role' || trusted === true;
  return {
    login: asSuite ? 'service' : 'authenticator',
    role: asSuite ? suite.name : caller.role,
    settings: settingsOf(invocation),
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    readOnly: useCase.kind === 'query',
    rollback: dryRun === true,
    isNested,
    ...(signal === undefined ? {} : { signal }),
  };
}

/** As whom, to row-level security and to the functions that ask for permissions. */
export function settingsOf({
  caller,
  orgId,
  traceparent,
  keyLasts,
}: Pick<Invocation, 'caller' | 'orgId' | 'traceparent' | 'keyLasts'>): LocalSettings {
  // A wish of a user is judged by auth.org_id(), which reads it from the claims.
  const claims = { ...caller.claims, role: caller.role, ...(orgId === undefined ? {} : { org: { id: orgId } }) };
  return [
    ['search_path', ''],
    ['timezone', 'UTC'],
    ['lock_timeout', LOCK_TIMEOUT],
    ['request.jwt.claims', JSON.stringify(claims)],
    ['request.traceparent', traceparent ?? ''],
    ...(keyLasts === true ? ([['suites.key_lasts', 'on']] as const) : []),
  ];
}

/** The organisation if it can be known without asking; the database has the last word either way. */
export function expectedOrg({ caller, orgId, trusted }: Invocation): string | null {
  if (orgId !== undefined) return orgId;
  if (caller.role !== 'authenticated' || trusted === true) return DEFAULT_ORGANISATION;
  const { org } = caller.claims;
  if (typeof org !== 'object' || org === null || !('id' in org)) return null;
  return typeof org.id === 'string' ? org.id : null;
}

/**
 * Settles permission, organisation and key. Not awaited by those who know the organisation: the first statements of
 * the use case travel with it, and fail when it does.
 */
export async function beginUseCase(
  tx: Transaction,
  suite: Suite,
  useCase: AnyUseCase,
  invocation: Invocation,
  key: AnswerKey | null,
): Promise<string> {
  const { sub } = invocation.caller.claims;
  const { rows } = await tx.query<{ org: string | null }>(
    'select suites.begin_use_case($1, $2, $3, $4, $5, $6) as org',
    [
      suite.name,
      invocation.trusted === true ? null : useCase.permission,
      invocation.orgId ?? null,
      typeof sub === 'string' && UUID.test(sub) ? sub : null,
      key?.id ?? null,
      key?.requestHash ?? null,
    ],
  );
  return must(rows[0], 'the organisation of a use case').org ?? DEFAULT_ORGANISATION;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
