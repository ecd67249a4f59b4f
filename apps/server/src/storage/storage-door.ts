import { randomBytes } from 'node:crypto';
import type { StorageConfig } from '@ashlar/config';
import { openKeyStore } from '@ashlar/control';
import {
  createServiceApp,
  IDENTITY_HEADER,
  identityKey,
  type Project,
  servicePrefix,
  signIdentity,
} from '@ashlar/service';
import { ignoreObservations } from '@ashlar/telemetry';
import { cliErrors, usageErrors } from '../cli/cli-errors.ts';
import type { CommandOption, Invocation } from '../cli/command.ts';
import { chosenProject, projectOption } from '../cli/project-option.ts';
import { instancePaths } from '../instance/instance-paths.ts';
import { projectAccess } from '../instance/project-access.ts';
import { readRunState } from '../instance/run-state.ts';
import { withInstance } from '../instance/with-instance.ts';

/** Options of commands that work on files of a project, here or elsewhere. */
export const storageOptions: Readonly<Record<string, CommandOption>> = {
  url: {
    type: 'string',
    placeholder: '<url>',
    about: 'Address of a project on another server, such as https://api.example.org. [the instance of this folder]',
  },
  key: {
    type: 'string',
    placeholder: '<key>',
    about: 'Key or access token for that server. [ASHLAR_SERVICE_ROLE_KEY]',
  },
  ...projectOption,
};

/** Asks the files' service, as whoever the key is for. */
export type StorageDoor = (path: string, init?: RequestInit & { readonly duplex?: 'half' }) => Promise<Response>;

/**
 * Does something with a project's files: those of a server elsewhere, of the one that runs on this folder, or, when
 * none does, of the folder itself.
 */
export async function withStorage<Result>(
  invocation: Invocation,
  work: (door: StorageDoor) => Promise<Result>,
): Promise<Result> {
  const { config, text } = invocation;
  const url = text('url');
  if (url !== undefined) return work(doorTo(checkedUrl(url), keyOf(invocation)));
  const paths = instancePaths(config.instance.data);
  const state = readRunState(paths.run);
  const ref = chosenProject(invocation);
  const secrets =
    state === null ? null : await openKeyStore({ folder: paths.keys, now: () => new Date() }).project(ref);
  if (state !== null && secrets !== null) {
    const { apiUrl, serviceRoleKey } = projectAccess(ref, state, secrets);
    return work(doorTo(apiUrl, serviceRoleKey));
  }
  return withInstance(invocation, async ({ paths: { files }, projects }) => {
    const { project } = await projects.open(ref);
    return besideNobody(project, files, config.storage, work);
  });
}

function keyOf({ text }: Invocation): string {
  const key = text('key') ?? process.env['ASHLAR_SERVICE_ROLE_KEY'];
  if (key !== undefined && /^[\x21-\x7e]+$/.test(key)) return key;
  throw usageErrors.argumentsWrong({ command: 'storage', found: 'no key', wanted: '--key beside --url' });
}

function checkedUrl(url: string): string {
  if (/^https?:\/\//.test(url) && URL.canParse(url)) return url.replace(/\/+$/, '');
  throw usageErrors.optionWrong({
    command: 'storage ls',
    option: 'url',
    found: url,
    wanted: 'an http or https address',
  });
}

function doorTo(url: string, key: string): StorageDoor {
  return (path, init = {}) =>
    attempt(url, `${url}${servicePrefix('storage')}${path}`, {
      ...init,
      headers: { ...plain(init.headers), apikey: key, authorization: `Bearer ${key}` },
    });
}

/** Runs the service for this command alone, on a port of its own that answers to nobody else. */
async function besideNobody<Result>(
  project: Project,
  filesFolder: string,
  config: StorageConfig,
  work: (door: StorageDoor) => Promise<Result>,
): Promise<Result> {
  const [{ createStorage, storageContract }, { createTokenVerifier }, { createSessionGuard }, { openFiles }] =
    await Promise.all([
      import('@ashlar/storage'),
      import('@ashlar/gateway'),
      import('../composition.ts'),
      import('../instance/open-files.ts'),
    ]);
  const identitySecret = randomBytes(32).toString('base64url');
  const service = createStorage({
    observe: ignoreObservations,
    files: openFiles(config, filesFolder),
    filesFolder,
    tokens: createTokenVerifier(createSessionGuard()),
    s3Region: config.s3Region,
    fileSizeLimitBytes: config.storageFileSizeLimit,
  });
  const projects = { peek: () => project, wake: async () => project };
  const app = createServiceApp({ service, projects, identitySecret, observe: ignoreObservations });
  const key = identityKey(identitySecret);
  const claims = { role: 'service_role' };
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  try {
    return await work((path, init = {}) => {
      const identity = {
        ref: project.ref,
        refusal: null,
        requestId: 'cli',
        publicUrl: url,
        clientAddress: '127.0.0.1',
        caller: {
          role: claims.role,
          claims,
          claimsJson: JSON.stringify(claims),
          via: 'secret-key' as const,
        },
      };
      const signed = signIdentity(key, storageContract.name, identity, Date.now());
      return attempt(url, `${url}${servicePrefix('storage')}${path}`, {
        ...init,
        headers: { ...plain(init.headers), [IDENTITY_HEADER]: signed },
      });
    });
  } finally {
    await app.close();
    await service.close?.();
  }
}

function plain(headers: RequestInit['headers']): Record<string, string> {
  return Object.fromEntries(new Headers(headers));
}

/** @throws {AshlarError} `cli.server_unreachable`, `cli.storage_refused` in the server's words. */
async function attempt(server: string, url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init).catch((error: unknown) => {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const reason = cause instanceof Error ? cause.message : 'unknown';
    throw cliErrors.serverUnreachable({ url: server, reason }, { cause: error });
  });
  if (response.ok) return response;
  const body: unknown = await response.json().catch(() => null);
  const message = typeof body === 'object' && body !== null && 'message' in body ? String(body.message) : '';
  throw cliErrors.storageRefused({ reason: message === '' ? `status ${response.status}` : message.slice(0, 500) });
}
