import { send } from './send.ts';
import { ACCOUNTS, IN_COOKIES, noteSession } from './session-cookie.ts';

/** A second factor as its owner sees it. */
export interface Factor {
  readonly id: string;
  readonly factor_type: 'totp' | 'phone' | 'webauthn';
  readonly friendly_name?: string;
  readonly status: 'verified' | 'unverified';
}

export interface SignedInUser {
  readonly id: string;
  readonly email: string;
  readonly factors?: readonly Factor[];
}

/** Which ways to sign in this instance offers. */
export interface SignInOffer {
  readonly external: Readonly<Record<string, boolean>>;
  readonly passkeys_enabled: boolean;
}

const VERIFIER_AT = 'ashlar.code-verifier';
const VERIFIER_BYTES = 48;

export function readSignInOffer(): Promise<SignInOffer> {
  return send(`${ACCOUNTS}/settings`);
}

export function signInWithPassword(email: string, password: string): Promise<void> {
  return open('/token?grant_type=password', { email, password });
}

/** Sends a code, and a link that leads back here, to an account there is; says nothing of whether there is one. */
export async function sendCode(email: string): Promise<void> {
  const challenge = await newCodeChallenge();
  const back = encodeURIComponent(`${location.origin}/studio/sign-in`);
  await send(`${ACCOUNTS}/otp?redirect_to=${back}`, {
    method: 'POST',
    body: { email, create_user: false, code_challenge: challenge, code_challenge_method: 's256' },
  });
}

export function signInWithCode(email: string, token: string): Promise<void> {
  return open('/verify', { type: 'email', email, token });
}

/** Leaves for another service; the browser comes back to the sign-in page with a code. */
export async function goToProvider(provider: string): Promise<void> {
  const challenge = await newCodeChallenge();
  const query = new URLSearchParams({
    provider,
    redirect_to: `${location.origin}/studio/sign-in`,
    code_challenge: challenge,
    code_challenge_method: 's256',
  });
  location.assign(`${ACCOUNTS}/authorize?${query}`);
}

/** With the code a provider or a mailed link came back with. */
export async function signInWithReturnedCode(code: string): Promise<void> {
  const verifier = localStorage.getItem(VERIFIER_AT) ?? '';
  await open('/token?grant_type=pkce', { auth_code: code, code_verifier: verifier });
  localStorage.removeItem(VERIFIER_AT);
}

export function canUsePasskeys(): boolean {
  return typeof PublicKeyCredential === 'function' && 'parseRequestOptionsFromJSON' in PublicKeyCredential;
}

export async function signInWithPasskey(): Promise<void> {
  const { challenge_id, options } = await send<{
    challenge_id: string;
    options: { readonly publicKey?: PublicKeyCredentialRequestOptionsJSON } & PublicKeyCredentialRequestOptionsJSON;
  }>(`${ACCOUNTS}/passkeys/authentication/options`, { method: 'POST', body: {} });
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options.publicKey ?? options);
  const credential = await navigator.credentials.get({ publicKey });
  if (!(credential instanceof PublicKeyCredential)) throw new DOMException('No passkey was chosen', 'NotAllowedError');
  await open('/passkeys/authentication/verify', { challenge_id, credential: credential.toJSON() });
}

/** Asks for the second factor. @returns The challenge that `answerFactor` takes. */
export async function challengeFactor(factorId: string): Promise<string> {
  const { id } = await send<{ id: string }>(`${ACCOUNTS}/factors/${factorId}/challenge`, { method: 'POST', body: {} });
  return id;
}

export function answerFactor(factorId: string, challengeId: string, code: string): Promise<void> {
  return open(`/factors/${factorId}/verify`, { challenge_id: challengeId, code });
}

/** The factor somebody still has to show who is signed in with the first alone; null when none is due. */
export async function factorDue(): Promise<Factor | null> {
  const { factors = [] } = await send<SignedInUser>(`${ACCOUNTS}/user`);
  const factor = factors.find(({ status, factor_type }) => status === 'verified' && factor_type !== 'webauthn');
  if (factor === undefined) return null;
  const { sessions } = await send<{ sessions: readonly { current: boolean; aal: string }[] }>(
    `${ACCOUNTS}/user/sessions`,
  );
  return sessions.find(({ current }) => current)?.aal === 'aal2' ? null : factor;
}

export async function signOut(): Promise<void> {
  try {
    await send(`${ACCOUNTS}/logout?scope=local`, { method: 'POST' });
  } finally {
    noteSession(false);
  }
}

async function open(path: string, body: object): Promise<void> {
  await send(`${ACCOUNTS}${path}`, { method: 'POST', headers: IN_COOKIES, body });
  noteSession(true);
}

async function newCodeChallenge(): Promise<string> {
  const verifier = base64Url(crypto.getRandomValues(new Uint8Array(VERIFIER_BYTES)));
  localStorage.setItem(VERIFIER_AT, verifier);
  return base64Url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))));
}

function base64Url(bytes: Uint8Array): string {
  return btoa(String.fromCodePoint(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
