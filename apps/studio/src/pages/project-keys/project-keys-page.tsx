import type { ReactNode } from 'react';

export function ProjectKeysPage(): ReactNode {
  return null;
}
