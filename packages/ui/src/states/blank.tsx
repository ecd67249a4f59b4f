import type { ReactNode } from 'react';
import { Icon, type IconName } from '../icons/icon.tsx';
import styles from './blank.module.css';

export interface BlankProps {
  readonly icon: IconName;
  readonly title: string;
  readonly children?: ReactNode;
  /** The one next thing to do. */
  readonly action?: ReactNode;
}

/** Stands where content would: nothing there yet, nothing found, no right to see it, or a failure. */
export function Blank({ icon, title, children, action }: BlankProps): ReactNode {
  return (
    <section className={styles['blank']}>
      <Icon name={icon} size={28} className={styles['icon'] ?? ''} />
      <h2 className={styles['title']}>{title}</h2>
      {children !== undefined && <div className={styles['text']}>{children}</div>}
      {action !== undefined && <div className={styles['action']}>{action}</div>}
    </section>
  );
}
