import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { control } from './control.ts';
import { AUDIT_PAGE, type AuditFilter, insight } from './insight.ts';
import { factorDue, readSignInOffer } from './sign-in.ts';
import { structure } from './structure.ts';

/** What pages read, each under one key: whoever changes something invalidates it here by name. */
export const queries = {
  about: () => queryOptions({ queryKey: ['about'], queryFn: control.about }),
  signInOffer: () => queryOptions({ queryKey: ['sign-in-offer'], queryFn: readSignInOffer }),
  account: () => queryOptions({ queryKey: ['account'], queryFn: control.account, staleTime: 60_000 }),
  factorDue: () => queryOptions({ queryKey: ['factor-due'], queryFn: factorDue, staleTime: Infinity }),
  members: (organisation: string) =>
    queryOptions({ queryKey: ['members', organisation], queryFn: () => control.members(organisation) }),
  invitations: (organisation: string) =>
    queryOptions({ queryKey: ['invitations', organisation], queryFn: () => control.invitations(organisation) }),
  projects: () => queryOptions({ queryKey: ['projects'], queryFn: control.projects }),
  project: (ref: string) => queryOptions({ queryKey: ['projects', ref], queryFn: () => control.project(ref) }),
  structure: (ref: string) =>
    queryOptions({ queryKey: ['structure', ref], queryFn: () => structure.read(ref), staleTime: 30_000 }),
  tableOutlines: (ref: string) =>
    queryOptions({ queryKey: ['table-outlines', ref], queryFn: () => insight.tables(ref), staleTime: 30_000 }),
  constraints: (ref: string) =>
    queryOptions({ queryKey: ['constraints', ref], queryFn: () => insight.constraints(ref), staleTime: 30_000 }),
  advice: (ref: string) => queryOptions({ queryKey: ['advice', ref], queryFn: () => insight.advice(ref) }),
  audit: (organisation: string, filter: AuditFilter) =>
    infiniteQueryOptions({
      queryKey: ['audit', organisation, filter],
      queryFn: ({ pageParam }) => insight.audit(organisation, filter, pageParam),
      initialPageParam: null as string | null,
      getNextPageParam: (last) => (last.length < AUDIT_PAGE ? null : (last.at(-1)?.seq ?? null)),
    }),
  keys: (ref: string) => queryOptions({ queryKey: ['keys', ref], queryFn: () => control.keys(ref) }),
};
