import { Badge } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ProjectUser } from '../../api/accounts.ts';
import { useText } from '../../texts/use-text.ts';
import { usersTexts } from './users-texts.ts';

export type UserState = 'banned' | 'anonymous' | 'active' | 'invited' | 'unconfirmed';

const COLOURS: Readonly<Record<UserState, string>> = {
  banned: 'red',
  anonymous: 'gray',
  active: 'green',
  invited: 'ink',
  unconfirmed: 'yellow',
};

export function stateOf(user: ProjectUser): UserState {
  if (user.banned_until !== undefined && new Date(user.banned_until) > new Date()) return 'banned';
  if (user.is_anonymous) return 'anonymous';
  if (user.email_confirmed_at !== undefined || user.phone_confirmed_at !== undefined) return 'active';
  return user.invited_at === undefined ? 'unconfirmed' : 'invited';
}

/** Whether somebody can sign in, in colour and in a word. */
export function UserStateBadge({ user }: { readonly user: ProjectUser }): ReactNode {
  const t = useText(usersTexts);
  const state = stateOf(user);
  return <Badge color={COLOURS[state]}>{t(state)}</Badge>;
}

/** What somebody is called in lists and sentences: their address, number or id. */
export function nameOf({ email, phone, id }: ProjectUser): string {
  if (email !== '') return email;
  return phone === '' ? id : `+${phone}`;
}

/** The name they gave, where they gave one. */
export function fullNameOf({ user_metadata: { full_name: full, name } }: ProjectUser): string | null {
  for (const text of [full, name]) if (typeof text === 'string' && text.trim() !== '') return text;
  return null;
}
