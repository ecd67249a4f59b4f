import { SegmentedControl, Select } from '@mantine/core';
import { Blank } from '@ashlar/ui';
import { Background, Controls, type Edge, MarkerType, type Node, ReactFlow } from '@xyflow/react';
import { type ReactNode, useMemo, useState } from 'react';
import type { Structure } from '../../../api/structure-types.ts';
import { useLanguage } from '../../../texts/language.tsx';
import { useText } from '../../../texts/use-text.ts';
import { schemaTexts } from '../schema-texts.ts';
import { around, graphOf } from './diagram-graph.ts';
import { diagramTexts } from './diagram-texts.ts';
import { RelationList } from './relation-list.tsx';
import { TableNode, type TableNodeData } from './table-node.tsx';
import { useLayout } from './use-layout.ts';
// oxlint-disable-next-line import/no-unassigned-import -- a style sheet has no name
import '@xyflow/react/dist/style.css';
import styles from './diagram.module.css';

const NODE_TYPES = { table: TableNode };
/** With more in view than this, leaving out what is not costs more than drawing it. */
const FEW = 150;

export interface DiagramProps {
  readonly structure: Structure;
  /** `schema.table`: only it and what it is related to. */
  readonly of: string | undefined;
  readonly onChoose: (of: string | null) => void;
}

/** Tables and their foreign keys, laid out by themselves; as a list for who reads rather than looks. */
export function Diagram({ structure, of, onChoose }: DiagramProps): ReactNode {
  const t = useText(diagramTexts);
  const s = useText(schemaTexts);
  const { direction } = useLanguage();
  const [isList, setList] = useState(false);
  const all = useMemo(() => graphOf(structure), [structure]);
  const graph = useMemo(() => around(all, of), [all, of]);
  const isMirrored = direction === 'rtl';
  const places = useLayout(graph, isMirrored ? 'RL' : 'LR');
  const nodes = useMemo((): Node<TableNodeData>[] => {
    const at = new Map(places?.map((place) => [place.id, place]));
    return graph.boxes.map((box) => ({
      id: box.id,
      type: 'table',
      position: { x: at.get(box.id)?.x ?? 0, y: at.get(box.id)?.y ?? 0 },
      data: { box, isMirrored },
      width: box.width,
      height: box.height,
      draggable: true,
      connectable: false,
      focusable: false,
    }));
  }, [graph, places, isMirrored]);
  const edges = useMemo(
    (): Edge[] =>
      graph.lines.map(({ id, from, to }) => ({
        id,
        source: from,
        target: to,
        focusable: false,
        markerEnd: { type: MarkerType.ArrowClosed, width: 16, height: 16 },
      })),
    [graph],
  );
  if (all.boxes.length === 0) return <Blank icon="schema" title={s('noTables')} />;
  return (
    <div className={styles['diagram']}>
      <div className={styles['bar']}>
        <SegmentedControl
          size="xs"
          aria-label={t('view')}
          data={[
            { value: 'drawing', label: t('drawing') },
            { value: 'list', label: t('list') },
          ]}
          value={isList ? 'list' : 'drawing'}
          onChange={(next) => setList(next === 'list')}
        />
        <Select
          size="xs"
          searchable
          clearable
          limit={100}
          aria-label={t('around')}
          placeholder={t('around')}
          data={all.boxes.map(({ id, label }) => ({ value: id, label }))}
          value={graph === all ? null : (of ?? null)}
          onChange={onChoose}
        />
        <span role="status">{t('count', { tables: graph.boxes.length, keys: graph.lines.length })}</span>
      </div>
      {isList ? (
        <RelationList graph={graph} />
      ) : (
        <div className={styles['canvas']} dir="ltr" data-laid={places !== null}>
          {places !== null && (
            <ReactFlow
              key={`${direction} ${of ?? ''}`}
              defaultNodes={nodes}
              defaultEdges={edges}
              nodeTypes={NODE_TYPES}
              fitView
              fitViewOptions={{ maxZoom: 1 }}
              minZoom={0.02}
              nodesConnectable={false}
              elementsSelectable={false}
              onlyRenderVisibleElements={graph.boxes.length > FEW}
              proOptions={{ hideAttribution: true }}
              aria-label={t('label')}
            >
              <Background gap={24} />
              <Controls showInteractive={false} aria-label={t('controls')} />
            </ReactFlow>
          )}
        </div>
      )}
    </div>
  );
}
