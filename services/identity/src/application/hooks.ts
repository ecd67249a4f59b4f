import { randomUUID } from 'node:crypto';
import { checkHookAnswer, checkHookClaims, checkHookDecision } from '../domain/hook-answer.ts';
import { hookTarget, type HookTarget } from '../domain/hook-target.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import type { Hook, HookSettings } from '../domain/settings.ts';
import { renderUser } from '../domain/user-document.ts';
import type { Metadata, User } from '../domain/user.ts';
import type { NewUser } from './stores.ts';
import { unsavedUser } from './unsaved-user.ts';
import type { VerificationAttempt, VerificationDecision } from './verification-hook.ts';
import { report, type IdentityParts, type Visit } from './visit.ts';

/** Asks a target; what it answered is still to be checked. */
export type CallHook = (
  where: Pick<Visit, 'project'>,
  target: HookTarget,
  hook: Hook,
  payload: Metadata,
  options?: CallOptions,
) => Promise<unknown>;

export interface CallOptions {
  /** By it a receiver knows a repeat; default a new one. */
  readonly id?: string;
  /** Tries of a receiver that is away or busy; default three. */
  readonly attempts?: number;
}

/**
 * Runs a hook of the project's, never within a transaction: a connection must not wait for it.
 *
 * @returns Its answer, or null when there is no such hook.
 * @throws {AshlarError} `identity.hook_refused` with the hook's own words, `identity.hook_failed`,
 *   `identity.hook_timeout`, `identity.hook_timeout_after_retry`, `identity.hook_payload_over_size_limit`,
 *   `identity.hook_payload_invalid_content_type`.
 */
async function runHook(
  parts: IdentityParts,
  visit: Visit,
  name: keyof HookSettings,
  payload: Metadata,
): Promise<Metadata | null> {
  const hook = visit.settings.hooks[name];
  if (hook === null || !hook.enabled) return null;
  const target = hookTarget(hook);
  // Passed over, a guard nobody can reach would guard nothing.
  if (target === null) throw identityErrors.hookFailed({ detail: `the address of hook ${name} is not usable` });
  const metadata = {
    uuid: randomUUID(),
    time: parts.now().toISOString(),
    name: hookName(name),
    ip_address: visit.client.address,
  };
  return checkHookAnswer(await parts.callHook(visit, target, hook, { metadata, ...payload }));
}

/** As receivers read it, such as `send-email`. */
export function hookName(name: keyof HookSettings): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The claims of a token as the project wants them. */
export async function hookedClaims(
  parts: IdentityParts,
  visit: Visit,
  claims: Metadata,
  authenticationMethod: string,
): Promise<Metadata> {
  const payload = { user_id: claims['sub'], claims, authentication_method: authenticationMethod };
  const answer = await runHook(parts, visit, 'customAccessToken', payload);
  return answer === null ? claims : checkHookClaims(answer, claims);
}

/** Asked before it is known whether the address is taken, so that its answer and its time say nothing about that. */
export async function beforeUserCreated(parts: IdentityParts, visit: Visit, candidate: User): Promise<void> {
  await runHook(parts, visit, 'beforeUserCreated', { user: renderUser(candidate) });
}

/** What the project said of a newcomer: nothing, or the refusal is thrown. Called where the account turns out to be new. */
export type Admit = () => void;

/**
 * Asks about somebody of whom it is not known yet whether they have an account. A refusal counts for a new account
 * only: whoever has one goes on to sign in. The time it takes is the same for both.
 */
export async function askAboutNewcomer(parts: IdentityParts, visit: Visit, candidate: NewUser): Promise<Admit> {
  try {
    await beforeUserCreated(parts, visit, unsavedUser(candidate));
  } catch (error) {
    return () => {
      throw error;
    };
  }
  return () => undefined;
}

/** Told, not asked, and not waited for: a new account must take no longer to answer than a taken one. */
export function afterUserCreated(parts: IdentityParts, visit: Visit, user: User): void {
  runHook(parts, visit, 'afterUserCreated', { user: renderUser(user) }).catch(() => {
    report(parts, visit, 'hook-failed', user.id);
  });
}

/** Lets the project judge an attempt at a second factor. */
export async function judgeFactorAttempt(
  parts: IdentityParts,
  visit: Visit,
  attempt: VerificationAttempt,
): Promise<VerificationDecision> {
  const answer = await runHook(parts, visit, 'mfaVerificationAttempt', {
    user_id: attempt.userId,
    factor_id: attempt.factorId,
    factor_type: attempt.factorType,
    valid: attempt.valid,
  });
  if (answer === null) return { decision: 'continue' };
  const { isRejected, message } = checkHookDecision(answer);
  return isRejected ? { decision: 'reject', message } : { decision: 'continue' };
}

/**
 * Lets the project judge an attempt at a password of an account there is.
 *
 * @throws {AshlarError} `identity.attempt_rejected`, and those of `runHook`.
 */
export async function judgePasswordAttempt(
  parts: IdentityParts,
  visit: Visit,
  userId: string,
  isValid: boolean,
): Promise<void> {
  const answer = await runHook(parts, visit, 'passwordVerificationAttempt', { user_id: userId, valid: isValid });
  if (answer === null) return;
  const { isRejected, message, endsSessions } = checkHookDecision(answer);
  if (!isRejected) return;
  if (endsSessions) await parts.inTransaction(visit, (stores) => stores.sessions.endAll(userId, null));
  report(parts, visit, 'sign-in-rejected-by-hook', userId);
  throw identityErrors.attemptRejected({ message });
}
