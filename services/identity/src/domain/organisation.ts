import type { HeldRole, Rights, Scope } from './permissions.ts';

/** Text by language: `{ en, ar }`. */
export type Texts = Readonly<Record<string, string>>;

export interface Organisation {
  readonly id: string;
  readonly slug: string;
  readonly name: Texts;
  readonly country: string | null;
  readonly baseCurrency: string;
  readonly timezone: string;
  /** Month, 1 to 12. */
  readonly fiscalYearStart: number;
  readonly defaultLocale: string;
  readonly taxNo: string | null;
  readonly status: 'active' | 'suspended' | 'closed';
  readonly seatLimit: number | null;
  readonly version: number;
  readonly createdAt: Date;
}

export interface OrganisationRole extends Rights {
  readonly id: string;
  readonly key: string;
  readonly name: Texts;
  /** The same in every organisation, and not to be changed. */
  readonly system: boolean;
  readonly version: number;
}

export interface Assignment extends HeldRole {
  readonly id: string;
  readonly roleId: string;
  readonly roleKey: string;
  readonly validUntil: Date | null;
}

export interface Member {
  readonly id: string;
  readonly userId: string;
  readonly email: string | null;
  readonly name: string | null;
  readonly status: 'active' | 'disabled';
  readonly joinedAt: Date;
  readonly lastSignInAt: Date | null;
  readonly assignments: readonly Assignment[];
}

/** A role to be given with the membership. */
export interface Grant {
  readonly role: string;
  readonly scope: Scope;
}

export interface Invitation {
  readonly id: string;
  readonly email: string;
  readonly grants: readonly Grant[];
  readonly invitedBy: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly acceptedAt: Date | null;
  readonly acceptedBy: string | null;
  readonly revokedAt: Date | null;
}

export const OWNER = 'owner';

/** Hours an invitation may be accepted. */
export const INVITATION_HOURS = 72;

/** The role of an owner, held everywhere: who owns a branch alone does not own the organisation. */
export function isOwnership({ roleKey, scope }: Pick<Assignment, 'roleKey' | 'scope'>): boolean {
  return roleKey === OWNER && Object.keys(scope).length === 0;
}

/** An owner everywhere and without an end: what every organisation keeps at least one of. */
function isOwner({ status, assignments }: Pick<Member, 'status' | 'assignments'>): boolean {
  return status === 'active' && assignments.some((held) => held.validUntil === null && isOwnership(held));
}

/** Whether the organisation would be left without an owner when `changed` is what becomes of one member. */
export function losesLastOwner(
  members: readonly Member[],
  memberId: string,
  changed: Pick<Member, 'status' | 'assignments'> | null,
): boolean {
  const member = members.find(({ id }) => id === memberId);
  if (member === undefined || !isOwner(member)) return false;
  if (changed !== null && isOwner(changed)) return false;
  return !members.some((other) => other.id !== memberId && isOwner(other));
}

/** Addresses that look like this one to a person: letters of a plus suffix, dots and look-alike letters left out. */
export function addressSkeleton(email: string): string {
  const [local = '', domain = ''] = email.toLowerCase().normalize('NFKC').split('@');
  const bare = local.split('+', 1)[0] ?? '';
  return `${Array.from(bare, (letter) => LOOK_ALIKES[letter] ?? letter)
    .join('')
    .replaceAll('.', '')}@${domain}`;
}

/** The Cyrillic and Greek letters that are drawn like Latin ones, and digits used as letters. */
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  а: 'a',
  е: 'e',
  о: 'o',
  р: 'p',
  с: 'c',
  у: 'y',
  х: 'x',
  і: 'i',
  ј: 'j',
  ѕ: 's',
  ԁ: 'd',
  һ: 'h',
  к: 'k',
  м: 'm',
  т: 't',
  в: 'b',
  н: 'h',
  α: 'a',
  ο: 'o',
  ρ: 'p',
  ν: 'v',
  ι: 'i',
  κ: 'k',
  τ: 't',
  υ: 'u',
  χ: 'x',
  ε: 'e',
  0: 'o',
  1: 'l',
};
