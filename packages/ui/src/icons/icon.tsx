import type { ReactNode } from 'react';
import { iconNodes } from './icon-nodes.ts';

export type IconName = keyof typeof iconNodes;

export interface IconProps {
  readonly name: IconName;
  /** Pixels; 16 in tools, 20 in apps. */
  readonly size?: number;
  /** Said to who cannot see it; without it the icon stands beside words that say the same. */
  readonly label?: string;
  readonly className?: string;
}

/** They point to where reading goes on, or come from there. */
const DIRECTED: ReadonlySet<string> = new Set<IconName>([
  'arrow-back-up',
  'arrow-forward-up',
  'arrow-left',
  'arrow-right',
  'chevron-left',
  'chevron-right',
  'external-link',
  'layout-sidebar',
  'list',
  'login',
  'logout',
  'send',
]);

/** One of the drawings of the set, in the colour of the text around it. */
export function Icon({ name, size = 16, label, className }: IconProps): ReactNode {
  return (
    <svg
      className={className}
      data-directed={DIRECTED.has(name) || undefined}
      data-icon=""
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.5}
      strokeLinecap="round"
      strokeLinejoin="round"
      {...(label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })}
    >
      <path d={iconNodes[name]} />
    </svg>
  );
}
