import { Blank } from '@ashlar/ui';
import { useParams } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { useProject } from '../../parts/use-project.ts';
import { WhileLoading } from '../../parts/while-loading.tsx';
import { useText } from '../../texts/use-text.ts';
import type { Structure, TableInfo } from '../../api/structure-types.ts';
import { findTable, shapeOf } from './rows/table-shape.ts';
import { TableRows } from './table-rows.tsx';
import { tablesTexts } from './tables-texts.ts';
import { useStructure } from './use-structure.ts';

/** One table: its rows, and what can be done with them. */
export function TablePage(): ReactNode {
  const t = useText(tablesTexts);
  const { ref } = useProject();
  const { schema = '', table = '' } = useParams({ strict: false });
  const query = useStructure(ref);
  return (
    <WhileLoading query={query}>
      {(structure) => {
        const info = findTable(structure, schema, table);
        if (info !== undefined) return <Shaped key={`${schema} ${table}`} structure={structure} info={info} />;
        return (
          <Blank icon="table" title={t('gone', { name: table })}>
            {t('goneHint')}
          </Blank>
        );
      }}
    </WhileLoading>
  );
}

function Shaped({ structure, info }: { readonly structure: Structure; readonly info: TableInfo }): ReactNode {
  const shape = useMemo(() => shapeOf(structure, info), [structure, info]);
  return <TableRows structure={structure} shape={shape} />;
}
