import type { ReactNode } from 'react';
import styles from './page.module.css';

export interface PageProps {
  /** What the page is for whoever cannot see the breadcrumb, which says it to everybody else. */
  readonly title: string;
  /** The line above the content: search and filters at the start, the primary action at the end. */
  readonly toolbar?: ReactNode;
  /** Text and forms are read in a column; tables take the whole width. */
  readonly width?: 'full' | 'column';
  readonly children: ReactNode;
}

/** One toolbar line, then content to the edges. */
export function Page({ title, toolbar, width = 'full', children }: PageProps): ReactNode {
  return (
    <article className={styles['page']}>
      <h1 className={styles['title']}>{title}</h1>
      {toolbar !== undefined && <div className={styles['toolbar']}>{toolbar}</div>}
      <div className={styles['body']} data-width={width}>
        {children}
      </div>
    </article>
  );
}
