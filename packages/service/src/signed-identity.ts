import { type KeyObject, createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import type { Caller, Claims, Refusal } from './context.ts';

/**
 * How a gateway tells a service in another process who is asking. The header is made fresh for every request, names
 * the service it is for, and dies within a minute: copied out of a log or aimed at another service it is worthless.
 * Form: `v1.<base64url of JSON>.<base64url of HMAC-SHA-256 over the two parts before>`.
 */
export const IDENTITY_HEADER = 'x-ashlar-identity';

/** Seconds: covers a slow connection between two processes whose clocks agree. */
const LIFETIME_SECONDS = 60;
const VERSION = 'v1';

export interface Identity {
  readonly ref: string;
  readonly caller: Caller;
  readonly refusal: Refusal | null;
  readonly requestId: string;
  readonly publicUrl: string;
  readonly clientAddress: string;
}

export type IdentityKey = KeyObject;

/** @param secret At least 32 bytes of text, the same on both sides. */
export function identityKey(secret: string): IdentityKey {
  if (Buffer.byteLength(secret) < 32) {
    throw new RangeError(
      `The identity secret has ${Buffer.byteLength(secret)} bytes; gateway and services need one of at least 32`,
    );
  }
  return createSecretKey(Buffer.from(secret));
}

interface Body {
  readonly service: string;
  readonly exp: number;
  readonly ref: string;
  readonly role: string;
  readonly claims: string;
  readonly via: Caller['via'];
  readonly refusal: Refusal | null;
  readonly requestId: string;
  readonly publicUrl: string;
  readonly clientAddress: string;
}

/** @param nowMs Milliseconds since the epoch. */
export function signIdentity(key: IdentityKey, service: string, identity: Identity, nowMs: number): string {
  const body: Body = {
    service,
    exp: Math.floor(nowMs / 1000) + LIFETIME_SECONDS,
    ref: identity.ref,
    role: identity.caller.role,
    claims: identity.caller.claimsJson,
    via: identity.caller.via,
    refusal: identity.refusal,
    requestId: identity.requestId,
    publicUrl: identity.publicUrl,
    clientAddress: identity.clientAddress,
  };
  const signed = `${VERSION}.${Buffer.from(JSON.stringify(body)).toString('base64url')}`;
  return `${signed}.${hmac(key, signed).toString('base64url')}`;
}

/** The identity, or null when the header is not one this gateway made for this service within the last minute. */
export function verifyIdentity(
  key: IdentityKey,
  service: string,
  header: string | undefined,
  nowMs: number,
): Identity | null {
  if (header === undefined) return null;
  const dot = header.lastIndexOf('.');
  const signed = header.slice(0, dot);
  const given = Buffer.from(header.slice(dot + 1), 'base64url');
  const wanted = hmac(key, signed);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return null;
  if (!signed.startsWith(`${VERSION}.`)) return null;
  const body = parseBody(signed.slice(VERSION.length + 1));
  if (body.service !== service || body.exp * 1000 <= nowMs) return null;
  return {
    ref: body.ref,
    caller: { role: body.role, claims: parseClaims(body.claims), claimsJson: body.claims, via: body.via },
    refusal: body.refusal,
    requestId: body.requestId,
    publicUrl: body.publicUrl,
    clientAddress: body.clientAddress,
  };
}

function hmac(key: IdentityKey, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function parseBody(encoded: string): Body {
  // Safe: the text was signed by `signIdentity`, which takes nothing but a Body.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return JSON.parse(Buffer.from(encoded, 'base64url').toString()) as Body;
}

function parseClaims(json: string): Claims {
  // Safe: a signed Body carries the claims of a Caller, which are an object.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return JSON.parse(json) as Claims;
}
