import { isObject } from './frame.ts';

export interface ChangeRequest {
  readonly event: '*' | 'INSERT' | 'UPDATE' | 'DELETE';
  readonly schema: string | null;
  readonly table: string | null;
  readonly filter: string | null;
  /** Columns wanted besides the key; null for all. */
  readonly select: readonly string[] | null;
  /** The entry as the client wrote it, which the answer repeats. */
  readonly entry: Readonly<Record<string, unknown>>;
}

/** What a client asks for when it joins, with the defaults filled in. */
export interface JoinRequest {
  readonly broadcast: { readonly ack: boolean; readonly self: boolean };
  readonly replay: ReplayRequest | null;
  readonly presence: { readonly enabled: boolean; readonly key: string };
  readonly changes: readonly ChangeRequest[];
  /** The answer is to wait until changes are captured. */
  readonly waitsForChanges: boolean;
  /** Milliseconds such an answer may wait. */
  readonly waitMs: number;
  /** The position in the log the client last heard of; true where it only wants to be told positions. */
  readonly resume: string | true | null;
  /** The client wants to know when messages sent from the database arrive. */
  readonly wantsReplication: boolean;
  readonly isPrivate: boolean;
  /** Null where the connection's own key counts. */
  readonly token: string | null;
}

export interface ReplayRequest {
  /** Milliseconds since the epoch. */
  readonly sinceMs: number;
  readonly limit: number;
}

/** A join that cannot be understood; `reason` is for the client. */
export interface JoinFault {
  readonly reason: string;
}

const MAX_CHANGES = 100;
const MAX_WAIT_MS = 15_000;
const MAX_POSITION_LETTERS = 32;
const MAX_REPLAY = 25;
const MAX_PRESENCE_KEY_LETTERS = 256;
const EVENTS: ReadonlySet<unknown> = new Set(['*', 'INSERT', 'UPDATE', 'DELETE']);

/** Reads the payload of `phx_join`. Booleans may come as texts, and whatever is absent has its default. */
export function readJoinRequest(payload: unknown): JoinRequest | JoinFault {
  const { config: givenConfig, access_token: token } = objectOr(payload);
  const config = objectOr(givenConfig);
  const broadcast = objectOr(config['broadcast']);
  const presence = objectOr(config['presence']);
  const key = presence['key'];
  const isPrivate = isTrue(config['private']);
  const replay = readReplay(broadcast['replay'], isPrivate);
  if (replay !== null && 'reason' in replay) return replay;
  const changes = readChanges(config['postgres_changes']);
  if ('reason' in changes) return changes;
  if (typeof key === 'string' && key.length > MAX_PRESENCE_KEY_LETTERS) {
    return { reason: `UnknownErrorOnChannel: The presence key has more than ${MAX_PRESENCE_KEY_LETTERS} letters` };
  }
  return {
    broadcast: { ack: isTrue(broadcast['ack']), self: isTrue(broadcast['self']) },
    replay,
    // Absent means wanted: clients from before the switch rely on it.
    presence: {
      enabled: presence['enabled'] === undefined || isTrue(presence['enabled']),
      key: typeof key === 'string' ? key : '',
    },
    changes: changes.list,
    ...readChangeOptions(objectOr(config['postgres_changes_options'])),
    wantsReplication: isTrue(broadcast['replication_ready']),
    isPrivate,
    token: readToken(token),
  };
}

/** The token of a join or refresh; null when it is absent or only a key of the project, which proves nothing new. */
export function readToken(token: unknown): string | null {
  return typeof token === 'string' && token !== '' && !token.startsWith('sb_') ? token : null;
}

function readReplay(value: unknown, isPrivate: boolean): ReplayRequest | JoinFault | null {
  if (value === undefined || value === null) return null;
  if (!isPrivate) return { reason: 'UnableToReplayMessages: Replay is not allowed for public channels' };
  const { since, limit = MAX_REPLAY } = objectOr(value);
  const isSince = typeof since === 'number' && Number.isFinite(since) && Math.abs(since) <= MAX_DATE_MS;
  const isLimit = typeof limit === 'number' && Number.isInteger(limit) && limit >= 1 && limit <= MAX_REPLAY;
  if (!isSince || !isLimit) return { reason: 'UnableToReplayMessages: Replay params are not valid' };
  return { sinceMs: since, limit };
}

/** The ends of time of a JavaScript date. */
const MAX_DATE_MS = 8.64e15;

function readChangeOptions(
  options: Readonly<Record<string, unknown>>,
): Pick<JoinRequest, 'waitsForChanges' | 'waitMs' | 'resume'> {
  const { wait, timeout, resume } = options;
  const isPosition = typeof resume === 'string' && resume !== '' && resume.length <= MAX_POSITION_LETTERS;
  return {
    waitsForChanges: isTrue(wait),
    waitMs: typeof timeout === 'number' && timeout > 0 ? Math.min(timeout, MAX_WAIT_MS) : MAX_WAIT_MS,
    resume: isTrue(resume) ? true : isPosition ? resume : null,
  };
}

function readChanges(value: unknown): { readonly list: readonly ChangeRequest[] } | JoinFault {
  if (value === undefined || value === null) return { list: [] };
  if (!Array.isArray(value)) return { reason: 'UnknownErrorOnChannel: postgres_changes has to be a list' };
  if (value.length > MAX_CHANGES) {
    return { reason: `UnknownErrorOnChannel: postgres_changes has more than ${MAX_CHANGES} entries` };
  }
  const list = value.map(readChange);
  const understood = list.filter((change) => change !== null);
  return understood.length === list.length
    ? { list: understood }
    : { reason: 'UnknownErrorOnChannel: An entry of postgres_changes has no event of *, INSERT, UPDATE, DELETE' };
}

function readChange(entry: unknown): ChangeRequest | null {
  if (!isObject(entry) || !EVENTS.has(entry['event'])) return null;
  const { schema, table, filter, select } = entry;
  return {
    // Safe: one of the set above.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    event: entry['event'] as ChangeRequest['event'],
    schema: typeof schema === 'string' ? schema : null,
    table: typeof table === 'string' ? table : null,
    filter: typeof filter === 'string' ? filter : null,
    select: Array.isArray(select) ? select.filter((name) => typeof name === 'string') : null,
    entry,
  };
}

function objectOr(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}
