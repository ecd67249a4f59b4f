import type { ExplainedPolicy, Explanation } from './explanation.ts';

/**
 * What the policies for a role come to together: one of the permissive ones and all of the restrictive ones.
 *
 * @see https://www.postgresql.org/docs/current/sql-createpolicy.html
 */
export function decide(policies: readonly ExplainedPolicy[]): Pick<Explanation, 'allowed' | 'because'> {
  const applying = policies.filter(({ applies }) => applies);
  const raising = applying.filter(({ outcome }) => outcome !== null && typeof outcome === 'object');
  const permissive = applying.filter((policy) => policy.permissive);
  if (permissive.length === 0) return { allowed: false, because: { reason: 'no-policy' } };
  const permitting = permissive.filter(holds);
  const restricting = applying.filter((policy) => !policy.permissive && !holds(policy));
  if (raising.length > 0) return { allowed: false, because: { reason: 'raises', policies: raising.map(nameOf) } };
  if (restricting.length > 0) {
    return { allowed: false, because: { reason: 'restricted', policies: restricting.map(nameOf) } };
  }
  return permitting.length > 0
    ? { allowed: true, because: { reason: 'permitted', policies: permitting.map(nameOf) } }
    : { allowed: false, because: { reason: 'none-permits', policies: permissive.map(nameOf) } };
}

function holds({ outcome }: ExplainedPolicy): boolean {
  return outcome === 'true';
}

function nameOf({ name }: ExplainedPolicy): string {
  return name;
}
