import type { ReactNode } from 'react';

export function MembersPage(): ReactNode {
  return null;
}
