import type { ReactNode } from 'react';
import styles from './tab-links.module.css';

/** Pages beside each other, each with an address of its own. */
export function TabLinks({ label, children }: { readonly label: string; readonly children: ReactNode }): ReactNode {
  return (
    <nav className={styles['tabs']} aria-label={label}>
      {children}
    </nav>
  );
}
