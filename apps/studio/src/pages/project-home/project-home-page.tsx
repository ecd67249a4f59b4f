import type { ReactNode } from 'react';

export function ProjectHomePage(): ReactNode {
  return null;
}
