import { type CallResult, type LocalSettings, type Transaction, type TransactionStep } from '@ashlar/postgres';
import type { Answer } from '../execute/answer.ts';
import { restErrors } from '../rest-errors.ts';
import type { IdempotencyKey } from './idempotency-key.ts';

/** Larger bodies, and those that are no text, are not kept: a replay of theirs answers the status alone. `ashlar.store_answer` holds to it too. */
const MAX_STORED_BYTES = 1024 * 1024;

const CLAIM = 'SELECT outcome, status, headers, body FROM ashlar.claim_key($1, $2)';
const STORE = 'SELECT ashlar.store_answer($1, $2, $3, $4)';

/**
 * Inside the transaction of a write: does the work and stores its answer under the key, or answers what was stored
 * when it was done before. The claim waits for another transaction that holds the key.
 *
 * @param settings Those of the request: the scope of a key is its caller's, whatever the work did to the settings.
 * @throws ASH11 for a key of another request, ASH12 when the holder of the key takes too long.
 */
export async function answerOnce(
  tx: Transaction,
  key: IdempotencyKey | null,
  settings: LocalSettings,
  work: () => Promise<Answer>,
): Promise<Answer> {
  if (key === null) return work();
  const claimed = await claim(tx, key);
  switch (claimed.outcome) {
    case 'reused':
      throw restErrors.keyReused();
    case 'replayed':
      return replay(claimed);
    case 'claimed': {
      const answer = await work();
      await tx.execute({ settings, statement: storeStatement(key, answer) });
      return answer;
    }
  }
}

interface Claim {
  readonly outcome: 'claimed' | 'replayed' | 'reused';
  readonly status: number;
  /** Null when only the status was kept. */
  readonly headers: Readonly<Record<string, string>> | null;
  readonly body: string | null;
}

async function claim(tx: Transaction, { name, requestHash }: IdempotencyKey): Promise<Claim> {
  const statement = { text: CLAIM, values: [name, `\\x${requestHash.toString('hex')}`] };
  return readClaim(await execute(tx, { statement }));
}

const LOCK_NOT_AVAILABLE = '55P03';

async function execute(tx: Transaction, step: TransactionStep): Promise<CallResult> {
  try {
    return await tx.execute(step);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === LOCK_NOT_AVAILABLE) throw restErrors.keyBusy();
    throw error;
  }
}

function readClaim({ rows }: CallResult): Claim {
  const [outcome, status, headers, body] = rows[0] ?? [];
  return {
    // The function's own three words, and headers as `storeStatement` wrote them.
    outcome: outcome as Claim['outcome'],
    status: Number(status),
    headers: headers == null ? null : (JSON.parse(headers) as Readonly<Record<string, string>>),
    body: body ?? null,
  };
}

function replay({ status, headers, body }: Claim): Answer {
  return { status, headers: { ...headers, 'idempotency-replayed': 'true' }, body: body ?? '' };
}

function storeStatement({ name }: IdempotencyKey, answer: Answer): TransactionStep['statement'] {
  const { status, headers, body, isBinary = false } = answer;
  const isKept = !isBinary && Buffer.byteLength(body) <= MAX_STORED_BYTES;
  return { text: STORE, values: [name, String(status), JSON.stringify(headers), isKept ? body.toString() : null] };
}
