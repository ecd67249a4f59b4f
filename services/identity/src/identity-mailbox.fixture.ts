import type { OutgoingMail, OutgoingSms } from './application/outgoing-message.ts';
import type { IdentityFixture } from './identity-fixture.ts';

/** What committed and waits to leave, oldest first. */
export async function outbox(identity: IdentityFixture, to: string): Promise<readonly (OutgoingMail | OutgoingSms)[]> {
  const rows = await identity.project.sql<{ message: OutgoingMail | OutgoingSms }>(
    `select message from auth.outbox where message ->> 'to' = $1 order by id`,
    [to],
  );
  return rows.map(({ message }) => message);
}

/** The newest mail to an address; a test that finds none fails here. */
export async function lastMail(identity: IdentityFixture, to: string): Promise<OutgoingMail> {
  const message = (await outbox(identity, to)).at(-1);
  if (message?.kind !== 'mail') throw new Error(`No mail went to ${to}`);
  return message;
}

export async function lastSms(identity: IdentityFixture, to: string): Promise<OutgoingSms> {
  const message = (await outbox(identity, to)).at(-1);
  if (message?.kind !== 'sms') throw new Error(`No text message went to ${to}`);
  return message;
}

/** A code that is not this one. */
export function wrongCode(code: string, step = 1): string {
  return String((Number(code) + step) % 10 ** code.length).padStart(code.length, '0');
}

/** Path and query of a mailed link below the service, for `ask`. */
export function pathOf(link: string | undefined): string {
  if (link === undefined) throw new Error('The mail has no link');
  const url = new URL(link);
  return `${url.pathname.replace(/^.*\/auth\/v1/, '')}${url.search}`;
}

/** What a redirect tells in its fragment. */
export function fragmentOf(location: unknown): URLSearchParams {
  return new URLSearchParams(new URL(String(location)).hash.slice(1));
}
