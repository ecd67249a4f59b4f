import { randomBytes } from 'node:crypto';
import { derivedKey, openText, sealText } from '@ashlar/secrets';
import type { Project } from '@ashlar/service';
import { asService } from '../adapters/database.ts';

/** A key of the S3 protocol as anybody may see it who may see keys at all. */
export interface AccessKey {
  readonly id: string;
  readonly description: string;
  readonly created_at: string;
}

export interface NewAccessKey extends AccessKey {
  /** Shown once: the database keeps it sealed, because signatures cannot be checked with a hash of it. */
  readonly secret: string;
}

type KeyProject = Pick<Project, 'ref' | 'keys' | 'database'>;

/** 120 bits, in the letters of S3's own keys. */
const ID_BYTES = 15;
const SECRET_BYTES = 30;
const ACCESS_KEY = /^ak[0-9a-f]{30}$/;

/** A key that acts as service_role in this project. */
export async function createAccessKey(project: KeyProject, description: string): Promise<NewAccessKey> {
  const id = `ak${randomBytes(ID_BYTES).toString('hex')}`;
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  const sealed = sealText(sealingKey(project), secret, contextOf(project, id));
  const [made] = await asService<AccessKey>(
    project.database,
    'select row_to_json(k) from storage.service_add_access_key($1, $2, $3) k',
    [id, description, sealed],
  );
  if (made === undefined) throw new Error(`Access key ${id} was not stored`);
  return { ...made, secret };
}

/** Oldest first. */
export async function listAccessKeys({ database }: KeyProject): Promise<AccessKey[]> {
  return asService<AccessKey>(database, 'select row_to_json(k) from storage.service_access_keys() k', []);
}

/** @returns False when there is no such key. */
export async function revokeAccessKey({ database }: KeyProject, id: string): Promise<boolean> {
  const [gone] = await asService<boolean>(database, 'select to_json(storage.service_revoke_access_key($1))', [id]);
  return gone === true;
}

/** Asked for every request, so that a revoked key ends at once. Null when there is no such key. */
export async function readAccessKeySecret(project: KeyProject, id: string): Promise<string | null> {
  // Nothing is proven yet: what cannot be a key costs no look at the database.
  if (!ACCESS_KEY.test(id)) return null;
  const [sealed] = await asService<string | null>(
    project.database,
    'select to_json(storage.service_access_key_secret($1))',
    [id],
  );
  if (sealed === undefined || sealed === null) return null;
  try {
    return openText(sealingKey(project), sealed, contextOf(project, id));
  } catch {
    // Sealed with a former secret of the project, which a new one is meant to end.
    return null;
  }
}

function sealingKey({ keys }: KeyProject): Buffer {
  return derivedKey(keys.jwtSecret, 'access keys of the S3 protocol v1');
}

function contextOf({ ref }: KeyProject, id: string): string {
  return `${ref} ${id}`;
}
