import { controlErrors } from '../control-errors.ts';
import { SCOPES, type Scope } from '../domain/roles.ts';
import { generateApiKey } from '../keys/api-key.ts';
import type { AddedKey, RotationOptions } from '../keys/key-rotation.ts';
import { type Actor, inProject } from './authorise.ts';
import type { ControlParts } from './control-parts.ts';
import type { ApiKey, PersonalToken, Stores } from './stores.ts';
import { digestOf, hintOf, newToken } from './tokens.ts';

export const TOKEN_PREFIX = 'ashlar_pat_';

/** In force, of one project or one person. */
const MAX_KEYS = 100;

export interface ShownKey extends ApiKey {
  /** Shown this once. */
  readonly key: string;
}

/** Makes an API key of a project; it is accepted everywhere a moment later. */
export function createKey(
  { inTransaction }: ControlParts,
  actor: Actor,
  ref: string,
  input: { readonly kind: ApiKey['kind']; readonly name: string },
): Promise<ShownKey> {
  return inTransaction(async (stores) => {
    await inProject(stores, actor, ref, 'key.create');
    refuseMore(await stores.keys.list(ref), 'keys');
    return issue(stores, actor, ref, input, 'key.create');
  });
}

/** Revokes a key and makes another of its kind and name. @throws {AshlarError} `control.key_unknown`. */
export function rotateKey({ inTransaction }: ControlParts, actor: Actor, ref: string, id: string): Promise<ShownKey> {
  return inTransaction(async (stores) => {
    await inProject(stores, actor, ref, 'key.rotate');
    const revoked = await stores.keys.revoke(ref, id);
    if (revoked === null) throw controlErrors.keyUnknown();
    return issue(stores, actor, ref, revoked, 'key.rotate');
  });
}

/** From a moment later the key is worth nothing anywhere. @throws {AshlarError} `control.key_unknown`. */
export function revokeKey({ inTransaction }: ControlParts, actor: Actor, ref: string, id: string): Promise<void> {
  return inTransaction(async (stores) => {
    await inProject(stores, actor, ref, 'key.revoke');
    const revoked = await stores.keys.revoke(ref, id);
    if (revoked === null) throw controlErrors.keyUnknown();
    const detail = { kind: revoked.kind, name: revoked.name };
    const entry = { action: 'key.revoke', organisationId: null, projectRef: ref, target: id, detail };
    await stores.audit.add(entry, actor.author);
  });
}

/** Another key signs access tokens; see `ProjectRegistry.rotateKeys`. */
export async function rotateSigningKey(
  { inTransaction, projects }: ControlParts,
  actor: Actor,
  ref: string,
  options: RotationOptions,
): Promise<AddedKey> {
  await inTransaction(async (stores) => {
    await inProject(stores, actor, ref, 'signing-key.rotate');
    const detail = { ...options };
    const entry = { action: 'signing-key.rotate', organisationId: null, projectRef: ref, target: null, detail };
    await stores.audit.add(entry, actor.author);
  });
  return projects.rotateKeys(ref, options);
}

export interface TokenInput {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt: Date;
}

/**
 * Makes a token with which programs act in the person's name. A token makes no tokens.
 *
 * @throws {AshlarError} `control.scope_missing`.
 */
export function createToken(
  { inTransaction }: ControlParts,
  actor: Actor,
  { name, scopes, expiresAt }: TokenInput,
): Promise<PersonalToken & { readonly token: string }> {
  refuseToken(actor);
  const { token, digest, hint } = newToken(TOKEN_PREFIX);
  return inTransaction(async (stores) => {
    const { tokens } = stores;
    refuseMore(await tokens.list(actor.accountId), 'tokens');
    const wanted = SCOPES.filter((scope) => scopes.includes(scope));
    const made = await tokens.insert(actor.accountId, { name, digest, hint, scopes: wanted, expiresAt });
    await noteOwn(stores, actor, 'token.create', made.id, { name, scopes: wanted, expiresAt });
    return { ...made, token };
  });
}

/** @throws {AshlarError} `control.key_unknown`. */
export function revokeToken({ inTransaction }: ControlParts, actor: Actor, id: string): Promise<void> {
  refuseToken(actor);
  return inTransaction(async (stores) => {
    if (!(await stores.tokens.revoke(actor.accountId, id))) throw controlErrors.keyUnknown();
    await noteOwn(stores, actor, 'token.revoke', id, {});
  });
}

/** What a token could do to tokens would outlive it. */
export function refuseToken({ scopes }: Actor): void {
  if (scopes !== null) throw controlErrors.personNeeded();
}

async function issue(
  { keys, audit }: Stores,
  actor: Actor,
  ref: string,
  { kind, name }: { readonly kind: ApiKey['kind']; readonly name: string },
  action: string,
): Promise<ShownKey> {
  const key = generateApiKey(kind);
  const made = { kind, name, digest: digestOf(key), hint: hintOf(key, `sb_${kind}_`.length) };
  const row = await keys.insert(ref, made, actor.accountId);
  const entry = { action, organisationId: null, projectRef: ref, target: row.id, detail: { kind, name } };
  await audit.add(entry, actor.author);
  return { ...row, key };
}

/** What a person does for themselves concerns every organisation they can act in with it. */
async function noteOwn(
  { organisations, audit }: Stores,
  actor: Actor,
  action: string,
  target: string,
  detail: Readonly<Record<string, unknown>>,
): Promise<void> {
  const own = await organisations.ofAccount(actor.accountId);
  const ids = own.length === 0 ? [null] : own.map(({ id }) => id);
  for (const organisationId of ids) {
    await audit.add({ action, organisationId, projectRef: null, target, detail }, actor.author);
  }
}

function refuseMore(known: readonly { readonly revoked_at: Date | null }[], what: string): void {
  const count = known.filter(({ revoked_at: revokedAt }) => revokedAt === null).length;
  if (count >= MAX_KEYS) throw controlErrors.tooMany({ what, limit: MAX_KEYS });
}
