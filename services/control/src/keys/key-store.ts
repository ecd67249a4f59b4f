import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { must } from '@ashlar/kernel';
import type { ProjectLogins } from '@ashlar/postgres';
import type { ProjectKeys } from '@ashlar/service';
import { z } from 'zod';
import type { MasterKey, MasterKeys } from '../application/master-keys.ts';
import { controlErrors } from '../control-errors.ts';
import { noGivenKeys, type GivenKeys } from './given-keys.ts';
import {
  addedKey,
  keysAt,
  nextKeyChange,
  rotate,
  type AddedKey,
  takeGivenKey,
  type KeyRotation,
  type RotationOptions,
} from './key-rotation.ts';
import { settleProjectKeys } from './project-keys.ts';
import { completeSigningKey } from './signing-key.ts';
import { createSecretFile, sweepSecretFiles, writeSecretFile } from './write-secret-file.ts';

/** Secrets of the instance as a whole; they never leave the key folder. */
export interface InstanceSecrets {
  /** Password of the embedded cluster's superuser. */
  readonly superuserPassword: string;
  /** Password of the login `ashlar_platform`. */
  readonly platformPassword: string;
  /** 32 bytes, base64url: wraps what is stored encrypted, unless there are `masterKeys`. */
  readonly masterKey: string;
  /** After a rotation: the keys there are, the youngest last. */
  readonly masterKeys?: readonly { readonly id: string; readonly key: string }[] | undefined;
  /** Signs the caller from the gateway to services in other processes. */
  readonly identitySecret: string;
}

export interface ProjectSecrets {
  /** As they are now. */
  readonly keys: ProjectKeys;
  /** When other keys will sign or verify; null = these stay. */
  readonly keysChangeAt: Date | null;
  readonly logins: ProjectLogins;
}

/** The files of `<data>/keys`: `instance.json` and one `<ref>.json` per project, readable by their owner alone. */
export interface KeyStore {
  readonly folder: string;
  /** Made at the first call. */
  instance(): Promise<InstanceSecrets>;
  /** Those of the instance's file. */
  readonly masterKeys: MasterKeys;
  /** Null when the project has no file. */
  project(ref: string): Promise<ProjectSecrets | null>;
  /** Settles the keys with those given and writes the file when that changes it. */
  settleProject(ref: string, given: GivenKeys): Promise<ProjectSecrets>;
  /**
   * Makes the keys of a copy of a project: its own, but for what opens the secrets that were copied with the data.
   *
   * @throws {AshlarError} `control.project_unknown` when the source has no keys.
   */
  cloneProject(source: string, ref: string): Promise<ProjectSecrets>;
  /**
   * Puts a new signing key into the project's line.
   *
   * @throws {AshlarError} `control.project_unknown`, `control.rotation_pending`.
   */
  rotateProject(ref: string, options: RotationOptions): Promise<AddedKey>;
  removeProject(ref: string): Promise<void>;
}

/** What the file of a project holds: what was decided, not what follows from it at a moment. */
interface ProjectFile {
  readonly keys: ProjectKeys;
  readonly logins: ProjectLogins;
  readonly rotation: KeyRotation | null;
}

export interface KeyStoreOptions {
  readonly folder: string;
  readonly now: () => Date;
}

const SECRET_BYTES = 32;
const FIRST_MASTER_KEY = 'first';
const FOLDER_MODE = 0o700;

const instanceFile = z.object({
  superuserPassword: z.string().min(1),
  platformPassword: z.string().min(1),
  masterKey: z.string().min(1),
  masterKeys: z
    .array(z.object({ id: z.string().min(1), key: z.string().min(1) }))
    .min(1)
    .optional(),
  identitySecret: z.string().min(1),
});

const login = z.object({ user: z.string().min(1), password: z.string().min(1) });
const jwk = z.looseObject({ kty: z.string() });

const scheduledKey = z.object({
  privateKey: jwk.nullable(),
  publicKey: jwk.nullable(),
  signsFrom: z.iso.datetime(),
  verifiesUntil: z.iso.datetime().nullable(),
});

const projectFile = z.object({
  keys: z.object({
    jwtSecret: z.string().min(1),
    anonKey: z.string().min(1),
    serviceRoleKey: z.string().min(1),
    publishableKeys: z.array(z.string()),
    secretKeys: z.array(z.string()),
    signingKey: jwk.nullable(),
    verifyKeys: z.array(jwk),
    // Of a clone only.
    sealingSecret: z.string().min(1).optional(),
  }),
  logins: z.object({ authenticator: login, owner: login }),
  // Written by the first rotation.
  rotation: z
    .object({ line: z.array(scheduledKey).min(1), retired: z.array(z.string()) })
    .nullable()
    .default(null),
});

export function openKeyStore(options: KeyStoreOptions): KeyStore {
  const { folder, now } = options;
  const instancePath = join(folder, 'instance.json');
  const projectPath = (ref: string): string => join(folder, `${ref}.json`);

  const readInstance = (): Promise<InstanceSecrets | null> => readJson(instancePath, instanceFile);
  const readProject = (ref: string): Promise<ProjectFile | null> => readJson(projectPath(ref), projectFile);

  const secretsOf = ({ keys, logins, rotation }: ProjectFile): ProjectSecrets => {
    const at = now();
    return { keys: keysAt(keys, rotation, at), keysChangeAt: nextKeyChange(rotation, at), logins };
  };

  const masterKeys: MasterKeys = {
    async read() {
      const file = await readInstance();
      if (file === null) throw controlErrors.keyFileUnreadable({ file: instancePath, reason: 'it is missing' });
      return masterKeysOf(file);
    },
    async replace(before, after) {
      const file = await readInstance();
      if (file === null || !isDeepStrictEqual(masterKeysOf(file), before)) return false;
      const written = after.map(({ id, key }) => ({ id, key: key.toString('base64url') }));
      await writing(instancePath, () => writeSecretFile(instancePath, toText({ ...file, masterKeys: written })));
      return true;
    },
  };

  return {
    folder,
    masterKeys,

    async instance() {
      await sweepSecretFiles(folder);
      const found = await readInstance();
      if (found !== null) return found;
      const secrets = generateInstanceSecrets();
      const created = await writing(instancePath, async () => {
        await makeFolder(folder);
        return createSecretFile(instancePath, toText(secrets));
      });
      return created ? secrets : ((await readInstance()) ?? secrets);
    },

    async project(ref) {
      const found = await readProject(ref);
      return found === null ? null : secretsOf(found);
    },

    async settleProject(ref, given) {
      const before = await readProject(ref);
      const file = settleFile(ref, given, before, now());
      const path = projectPath(ref);
      if (before === null) {
        await writing(path, () => makeFolder(folder));
        if (await writing(path, () => createSecretFile(path, toText(file)))) return secretsOf(file);
        return this.settleProject(ref, given);
      }
      if (toText(before) !== toText(file)) await writing(path, () => writeSecretFile(path, toText(file)));
      return secretsOf(file);
    },

    async cloneProject(source, ref) {
      const copied = await readProject(source);
      if (copied === null) throw controlErrors.projectUnknown({ ref: source });
      await this.settleProject(ref, noGivenKeys);
      const file = must(await readProject(ref), 'the keys just made');
      const sealingSecret = copied.keys.sealingSecret ?? copied.keys.jwtSecret;
      const cloned = { ...file, keys: { ...file.keys, sealingSecret } };
      const path = projectPath(ref);
      await writing(path, () => writeSecretFile(path, toText(cloned)));
      return secretsOf(cloned);
    },

    async rotateProject(ref, terms) {
      const before = await readProject(ref);
      if (before === null) throw controlErrors.projectUnknown({ ref });
      const at = now();
      const keys = keysAt(before.keys, before.rotation, at);
      const rotation = rotate(keys, before.rotation, at, terms);
      // A key that signs no more is not kept.
      const file = { ...before, keys: keysAt(keys, rotation, at), rotation };
      const path = projectPath(ref);
      await writing(path, () => writeSecretFile(path, toText(file)));
      return addedKey(rotation);
    },

    removeProject: (ref) => writing(projectPath(ref), () => rm(projectPath(ref), { force: true })),
  };
}

/** Only the key folder is closed: the folder above also holds what the database server's own user must reach. */
async function makeFolder(folder: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
}

function settleFile(ref: string, given: GivenKeys, before: ProjectFile | null, now: Date): ProjectFile {
  const keys = settleProjectKeys(ref, given, before?.keys ?? null, now);
  const logins = before?.logins ?? generateLogins(ref);
  const rotation = before?.rotation ?? null;
  // Another secret begins anew, for it was given to end what the former one allowed.
  if (rotation === null || keys.jwtSecret !== before?.keys.jwtSecret) return { keys, logins, rotation: null };
  if (given.signingKey === null) return { keys: before.keys, logins, rotation };
  const { signingKey, verifyKey } = completeSigningKey(given.signingKey);
  return { keys: before.keys, logins, rotation: takeGivenKey(rotation, signingKey, verifyKey, now) };
}

function masterKeysOf({ masterKey, masterKeys }: InstanceSecrets): readonly MasterKey[] {
  const written = masterKeys ?? [{ id: FIRST_MASTER_KEY, key: masterKey }];
  return written.map(({ id, key }) => ({ id, key: Buffer.from(key, 'base64url') }));
}

function generateInstanceSecrets(): InstanceSecrets {
  return {
    superuserPassword: generateSecret(),
    platformPassword: generateSecret(),
    masterKey: generateSecret(),
    identitySecret: generateSecret(),
  };
}

function generateLogins(ref: string): ProjectLogins {
  return {
    authenticator: { user: `${ref}_authenticator`, password: generateSecret() },
    owner: { user: `${ref}_owner`, password: generateSecret() },
  };
}

function generateSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

function toText(value: InstanceSecrets | ProjectFile): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

async function readJson<Value>(path: string, schema: z.ZodType<Value>): Promise<Value | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw controlErrors.keyFileUnreadable({ file: path, reason: describe(error) }, { cause: error });
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    // What the file holds is secret: say where it is wrong, never what it says.
    const reason = error instanceof z.ZodError ? `wrong at ${error.issues[0]?.path.join('.')}` : 'it is not JSON';
    throw controlErrors.keyFileUnreadable({ file: path, reason });
  }
}

async function writing<Result>(path: string, write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    throw controlErrors.keyFileUnwritable({ file: path, reason: describe(error) }, { cause: error });
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
