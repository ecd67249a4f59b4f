import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ProjectLogins } from '@ashlar/postgres';
import type { ProjectKeys } from '@ashlar/service';
import { z } from 'zod';
import { controlErrors } from '../control-errors.ts';
import type { GivenKeys } from './given-keys.ts';
import { settleProjectKeys } from './project-keys.ts';
import { createSecretFile, writeSecretFile } from './write-secret-file.ts';

/** Secrets of the instance as a whole; they never leave the key folder. */
export interface InstanceSecrets {
  /** Password of the embedded cluster's superuser. */
  readonly superuserPassword: string;
  /** Password of the login `ashlar_platform`. */
  readonly platformPassword: string;
  /** 32 bytes, base64url: encrypts what is stored encrypted. */
  readonly masterKey: string;
  /** Signs the caller from the gateway to services in other processes. */
  readonly identitySecret: string;
}

export interface ProjectSecrets {
  readonly keys: ProjectKeys;
  readonly logins: ProjectLogins;
}

/** The files of `<data>/keys`: `instance.json` and one `<ref>.json` per project, readable by their owner alone. */
export interface KeyStore {
  readonly folder: string;
  /** Made at the first call. */
  instance(): Promise<InstanceSecrets>;
  /** Null when the project has no file. */
  project(ref: string): Promise<ProjectSecrets | null>;
  /** Settles the keys with those given and writes the file when that changes it. */
  settleProject(ref: string, given: GivenKeys): Promise<ProjectSecrets>;
  removeProject(ref: string): Promise<void>;
}

export interface KeyStoreOptions {
  readonly folder: string;
  readonly now: () => Date;
}

const SECRET_BYTES = 32;
const FOLDER_MODE = 0o700;

const instanceFile = z.object({
  superuserPassword: z.string().min(1),
  platformPassword: z.string().min(1),
  masterKey: z.string().min(1),
  identitySecret: z.string().min(1),
});

const login = z.object({ user: z.string().min(1), password: z.string().min(1) });
const jwk = z.looseObject({ kty: z.string() });

const projectFile = z.object({
  keys: z.object({
    jwtSecret: z.string().min(1),
    anonKey: z.string().min(1),
    serviceRoleKey: z.string().min(1),
    publishableKeys: z.array(z.string()),
    secretKeys: z.array(z.string()),
    signingKey: jwk.nullable(),
    verifyKeys: z.array(jwk),
  }),
  logins: z.object({ authenticator: login, owner: login }),
});

export function openKeyStore(options: KeyStoreOptions): KeyStore {
  const { folder, now } = options;
  const instancePath = join(folder, 'instance.json');
  const projectPath = (ref: string): string => join(folder, `${ref}.json`);

  const readInstance = (): Promise<InstanceSecrets | null> => readJson(instancePath, instanceFile);
  const readProject = (ref: string): Promise<ProjectSecrets | null> => readJson(projectPath(ref), projectFile);

  return {
    folder,

    async instance() {
      const found = await readInstance();
      if (found !== null) return found;
      const secrets = generateInstanceSecrets();
      const created = await writing(instancePath, async () => {
        await makeFolder(folder);
        return createSecretFile(instancePath, toText(secrets));
      });
      return created ? secrets : ((await readInstance()) ?? secrets);
    },

    project: readProject,

    async settleProject(ref, given) {
      const before = await readProject(ref);
      const secrets = {
        keys: settleProjectKeys(ref, given, before?.keys ?? null, now()),
        logins: before?.logins ?? generateLogins(ref),
      };
      const path = projectPath(ref);
      if (before === null) {
        await writing(path, () => makeFolder(folder));
        if (await writing(path, () => createSecretFile(path, toText(secrets)))) return secrets;
        return this.settleProject(ref, given);
      }
      if (toText(before) !== toText(secrets)) await writing(path, () => writeSecretFile(path, toText(secrets)));
      return secrets;
    },

    removeProject: (ref) => writing(projectPath(ref), () => rm(projectPath(ref), { force: true })),
  };
}

/** Only the key folder is closed: the folder above also holds what the database server's own user must reach. */
async function makeFolder(folder: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
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

function toText(value: InstanceSecrets | ProjectSecrets): string {
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
