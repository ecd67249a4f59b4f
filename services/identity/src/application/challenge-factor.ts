import { randomInt, randomUUID } from 'node:crypto';
import type { Bearer } from '../domain/bearer.ts';
import { factorErrors } from '../domain/factor-errors.ts';
import { hashFactorCode } from '../domain/factor-secrets.ts';
import { relyingPartyOf } from '../domain/relying-party.ts';
import type { PhoneSettings } from '../domain/settings.ts';
import type { Factor, User } from '../domain/user.ts';
import { auditEntry } from './audit-entry.ts';
import { lockFactorHolder } from './factor-holder.ts';
import type { FactorCeremony, HeldFactor } from './factor-store.ts';
import { openFactor } from './open-factor.ts';
import type { OutgoingSms } from './outgoing-message.ts';
import type { Stores } from './stores.ts';
import { CHALLENGE_LIFE_MS, type Ceremony } from './web-authn.ts';
import { report, type IdentityParts, type Visit } from './visit.ts';

export interface OpenedChallenge {
  readonly id: string;
  readonly type: Factor['type'];
  readonly expiresAt: Date;
  /** For the browser, of a WebAuthn factor. */
  readonly webauthn: { readonly type: FactorCeremony['type']; readonly options: Ceremony['options'] } | null;
}

/** What a challenge carries besides its id. */
interface Question {
  readonly codeHash: string | null;
  readonly ceremony: FactorCeremony | null;
  readonly options: Ceremony['options'] | null;
}

/**
 * Asks for a factor: the answer must come from the same address within five minutes. To a phone a code is sent.
 *
 * @throws {AshlarError} Those of `lockFactorHolder` and `openFactor`, `identity.mfa_sms_too_soon`.
 */
export async function challengeFactor(
  parts: IdentityParts,
  visit: Visit,
  bearer: Bearer,
  factorId: string,
  channel: OutgoingSms['channel'],
): Promise<OpenedChallenge> {
  const now = parts.now();
  const id = randomUUID();
  const opened = await parts.inTransaction(visit, async (stores) => {
    const holder = await lockFactorHolder(stores, bearer, now);
    const factor = await openFactor(stores, visit, holder, factorId, now);
    const question = await ask(parts, visit, stores, holder.user, factor, { id, channel, now });
    const { codeHash, ceremony } = question;
    const traits = { factor_id: factor.id, factor_status: factor.status };
    await Promise.all([
      stores.factors.challenge(
        { id, factorId, address: visit.client.address, codeHash, ceremony, at: now },
        new Date(now.getTime() - CHALLENGE_LIFE_MS),
      ),
      stores.audit(auditEntry('challenge_created', holder.user, visit.client.address, now, traits)),
    ]);
    return { ...question, type: factor.type, userId: holder.user.id };
  });
  report(parts, visit, 'factor-challenged', opened.userId);
  const { type, ceremony, options } = opened;
  return {
    id,
    type,
    expiresAt: new Date(now.getTime() + CHALLENGE_LIFE_MS),
    webauthn: ceremony === null || options === null ? null : { type: ceremony.type, options },
  };
}

interface Asking {
  /** Of the challenge. */
  readonly id: string;
  readonly channel: OutgoingSms['channel'];
  readonly now: Date;
}

async function ask(
  parts: IdentityParts,
  visit: Visit,
  stores: Stores,
  user: User,
  factor: HeldFactor,
  asking: Asking,
): Promise<Question> {
  switch (factor.type) {
    case 'phone':
      return { codeHash: await textCode(visit, stores, factor, asking), ceremony: null, options: null };
    case 'webauthn':
      return askBrowser(parts, visit, stores, user, factor);
    case 'totp':
    case 'recovery_code':
      return { codeHash: null, ceremony: null, options: null };
  }
}

async function textCode(
  visit: Visit,
  stores: Stores,
  { userId, phone }: HeldFactor,
  { id, channel, now }: Asking,
): Promise<string> {
  const settings = visit.settings.phone;
  const to = phone ?? '';
  const sentAt = await stores.factors.lastTextMessageAt(userId);
  const waitMs = sentAt === null ? 0 : sentAt.getTime() + settings.minIntervalSeconds * 1000 - now.getTime();
  if (waitMs > 0) throw factorErrors.mfaSmsTooSoon({ retryAfterSeconds: Math.ceil(waitMs / 1000) });

  const fixed = Object.hasOwn(settings.testCodes, to) ? settings.testCodes[to] : undefined;
  const code = fixed ?? drawCode(settings);
  await stores.factors.noteTextMessage(userId, now);
  if (fixed === undefined) {
    const text = settings.template.replaceAll(/\{\{\s*\.Code\s*\}\}/g, code);
    await stores.outbox.add({ kind: 'sms', to, userId, channel, text, code }, now);
  }
  return hashFactorCode(visit.project.keys.jwtSecret, id, code);
}

function drawCode({ otpLength }: PhoneSettings): string {
  return String(randomInt(10 ** otpLength)).padStart(otpLength, '0');
}

async function askBrowser(
  { webAuthn }: IdentityParts,
  visit: Visit,
  stores: Stores,
  user: User,
  factor: HeldFactor,
): Promise<Question> {
  const party = relyingPartyOf(visit.settings);
  if (factor.status === 'verified') {
    // A row of another installation may hold a key we cannot read; a new one must not take its place.
    if (factor.credential === null) throw factorErrors.mfaVerificationFailed({ detail: 'Unknown WebAuthn credential' });
    const { challenge, options } = await webAuthn.beginAssertion(party, [factor.credential], 'preferred');
    return { codeHash: null, ceremony: { type: 'request', challenge }, options };
  }
  const name = user.email ?? user.phone ?? user.id;
  const { challenge, options } = await webAuthn.beginCreation(
    party,
    { handle: user.id, name, displayName: name },
    await stores.factors.credentials(user.id),
    { userVerification: 'preferred', discoverable: false },
  );
  return { codeHash: null, ceremony: { type: 'create', challenge }, options };
}
