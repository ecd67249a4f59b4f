import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { ProjectDatabase } from '@ashlar/postgres';
import type { Project } from '@ashlar/service';
import { asService, type Visit } from '../adapters/database.ts';
import { type ResumableUpload, UPLOAD_HOURS } from '../domain/resumable-upload.ts';
import { storageErrors } from '../domain/storage-errors.ts';
import type { NewObject } from './store-object.ts';
import type { StorageParts } from './visit.ts';

/** Unfinished uploads of one owner. */
const MAX_UNFINISHED = 1_000;
/** How long a holder is believed that says nothing more. */
const HOLD_SECONDS = 20;
const RENEW_MS = 5_000;
const EXPIRED_BATCH = 200;
/** After this nothing below `parts` can belong to an upload that still goes on. */
const FORGOTTEN_MS = (UPLOAD_HOURS + 1) * 3_600_000;

const PROCESS = `${hostname()}/${process.pid}`;
const RUN = randomUUID();

export interface Beginning {
  readonly object: NewObject;
  /** null: the client says it later. */
  readonly lengthBytes: number | null;
  readonly isSigned: boolean;
}

/** Notes an upload and makes room for its bytes. @throws {AshlarError} `storage.too_many_uploads`. */
export async function beginUpload(
  { context: { project, caller } }: Visit,
  { partials, now }: StorageParts,
  { object, lengthBytes, isSigned }: Beginning,
): Promise<ResumableUpload> {
  const id = randomUUID();
  const place = { project: project.ref, version: id };
  const { bucket, name, owner, replace, contentType = null, cacheControl, userMetadata } = object;
  const facts = {
    id,
    bucket,
    name,
    owner,
    contentType,
    cacheControl,
    userMetadata,
    length: lengthBytes,
    role: caller.role,
    signed: isSigned,
    replaces: replace,
    expires: new Date(now().getTime() + UPLOAD_HOURS * 36e5).toISOString(),
  };
  await partials.begin(place);
  const [begun] = await asService<ResumableUpload>(
    project.database,
    'select row_to_json(u) from storage.service_begin_upload($1::jsonb, $2) u',
    [JSON.stringify(facts), String(MAX_UNFINISHED)],
  );
  if (begun !== undefined) return begun;
  await partials.discard(place);
  throw storageErrors.tooManyUploads({ most: MAX_UNFINISHED });
}

/** @throws {AshlarError} `storage.no_such_upload`. */
export async function readUpload(database: ProjectDatabase, id: string): Promise<ResumableUpload> {
  const [upload] = await asService<ResumableUpload>(
    database,
    'select row_to_json(u) from storage.service_upload($1::uuid) u',
    [id],
  );
  if (upload === undefined) throw storageErrors.noSuchUpload();
  return upload;
}

/**
 * Runs `work` while nobody else writes to the upload, in this process or another.
 *
 * @throws {AshlarError} `storage.upload_locked` at once when somebody does.
 */
export async function whileHeld<Result>(
  { database }: Project,
  upload: ResumableUpload,
  work: () => Promise<Result>,
): Promise<Result> {
  const holder = `${PROCESS}/${RUN}/${randomUUID()}`;
  const hold = async (): Promise<boolean> => {
    const values = [upload.id, holder, String(HOLD_SECONDS), holderGone(upload.held_by)];
    const held = await asService(
      database,
      'select to_json(u.id) from storage.service_hold_upload($1::uuid, $2, $3, $4) u',
      values,
    );
    return held.length > 0;
  };
  if (!(await hold())) throw storageErrors.uploadLocked();
  // A renewal that fails is tried again by the next; the hold outlives several of them.
  const renewal = setInterval(() => void hold().catch(() => undefined), RENEW_MS);
  try {
    return await work();
  } finally {
    clearInterval(renewal);
    await asService(database, 'select to_json(storage.service_release_upload($1::uuid, $2) is null)', [
      upload.id,
      holder,
    ]).catch(() => undefined);
  }
}

/** The holder, when it is a process of this machine that does not run any more; it need not be waited for. */
function holderGone(holder: string | null): string | null {
  const [host = '', pid = '', run = ''] = holder?.split('/') ?? [];
  if (host !== hostname()) return null;
  if (Number(pid) === process.pid) return run === RUN ? null : holder;
  try {
    process.kill(Number(pid), 0);
    return null;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH' ? holder : null;
  }
}

/** @returns Whether the object of this upload is there already. */
export async function isStored({ database }: Project, { id }: ResumableUpload): Promise<boolean> {
  const known = await asService(database, 'select to_json(v) from storage.service_known_versions(array[$1]) v', [id]);
  return known.length > 0;
}

export async function setLength({ database }: Project, id: string, lengthBytes: number): Promise<void> {
  const values = [id, String(lengthBytes)];
  await asService(database, 'select to_json(storage.service_set_upload_length($1::uuid, $2) is null)', values);
}

/** Forgets an upload and its bytes; an object made of them stays. */
export async function endUpload(
  { ref, database }: Pick<Project, 'ref' | 'database'>,
  { partials }: Pick<StorageParts, 'partials'>,
  id: string,
): Promise<void> {
  await partials.discard({ project: ref, version: id });
  await asService(database, 'select to_json(storage.service_end_upload($1::uuid) is null)', [id], true);
}

/** Removes uploads whose time is over, and bytes nobody has noted. @returns How many. */
export async function sweepUploads(
  project: Pick<Project, 'ref' | 'database'>,
  parts: Pick<StorageParts, 'partials'>,
  now: Date,
): Promise<number> {
  let removed = 0;
  for (;;) {
    const expired = await asService<string>(
      project.database,
      'select to_json(v) from storage.service_expired_uploads($1::timestamptz, $2) v',
      [now.toISOString(), String(EXPIRED_BATCH)],
      true,
    );
    for (const id of expired) await endUpload(project, parts, id);
    removed += expired.length;
    if (expired.length < EXPIRED_BATCH) break;
  }
  return removed + (await parts.partials.discardOlder(project.ref, new Date(now.getTime() - FORGOTTEN_MS)));
}
