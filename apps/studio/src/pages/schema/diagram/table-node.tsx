import { Icon } from '@ashlar/ui';
import { Handle, type Node, type NodeProps, Position, useStore } from '@xyflow/react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useProject } from '../../../parts/use-project.ts';
import { useText } from '../../../texts/use-text.ts';
import type { Box } from './diagram-graph.ts';
import { diagramTexts } from './diagram-texts.ts';
import styles from './diagram.module.css';

export interface TableNodeData extends Record<string, unknown> {
  readonly box: Box;
  /** Arrows go from the right to the left. */
  readonly isMirrored: boolean;
}

/** Below this columns cannot be read, and the name only when it is written large. */
const FAR = 0.4;

export function TableNode({ data: { box, isMirrored } }: NodeProps<Node<TableNodeData>>): ReactNode {
  const t = useText(diagramTexts);
  const { ref } = useProject();
  const { label, table, columns, more } = box;
  const isFar = useStore(({ transform: [, , zoom] }) => zoom < FAR);
  return (
    <div className={styles['box']} data-far={isFar || undefined}>
      <Handle type="target" position={isMirrored ? Position.Right : Position.Left} className={styles['handle'] ?? ''} />
      <Link
        to="/projects/$ref/tables/$schema/$table"
        params={{ ref, schema: table.schema, table: table.name }}
        className={styles['head'] ?? ''}
      >
        {!isFar && <Icon name="table" />}
        <bdi>{label}</bdi>
      </Link>
      {(isFar ? [] : columns).map(({ name, type, isKey, isPointer }) => (
        <div key={name} className={styles['column']}>
          {isKey ? <Icon name="key" /> : isPointer ? <Icon name="link" /> : <span />}
          <bdi>{name}</bdi>
          <span className={styles['type']}>{type}</span>
        </div>
      ))}
      {more > 0 && !isFar && (
        <div className={styles['column']}>
          <span />
          <span className={styles['type']} dir="auto">
            {t('more', { count: more })}
          </span>
        </div>
      )}
      <Handle type="source" position={isMirrored ? Position.Left : Position.Right} className={styles['handle'] ?? ''} />
    </div>
  );
}
