import { Table } from '@mantine/core';
import type { ReactNode } from 'react';
import styles from './data-table.module.css';

export interface DataTableProps {
  readonly label: string;
  readonly heads: readonly ReactNode[];
  readonly children: ReactNode;
}

/** A short list with a head that stays; long ones are the grid's. */
export function DataTable({ label, heads, children }: DataTableProps): ReactNode {
  return (
    <div className={styles['scroll']} role="region" aria-label={label} tabIndex={0}>
      <Table className={styles['table'] ?? ''} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            {heads.map((head, index) => (
              <Table.Th key={index} scope="col">
                {head}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>{children}</Table.Tbody>
      </Table>
    </div>
  );
}
