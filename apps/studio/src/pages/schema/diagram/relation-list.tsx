import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useProject } from '../../../parts/use-project.ts';
import { useText } from '../../../texts/use-text.ts';
import type { Graph } from './diagram-graph.ts';
import { diagramTexts } from './diagram-texts.ts';
import styles from './diagram.module.css';

/** Each table with what it points to and what points to it. */
export function RelationList({ graph: { boxes, lines } }: { readonly graph: Graph }): ReactNode {
  const t = useText(diagramTexts);
  const { ref } = useProject();
  const labels = new Map(boxes.map(({ id, label }) => [id, label]));
  return (
    <ul className={styles['relations']}>
      {boxes.map(({ id, label, table }) => {
        const to = lines.filter(({ from }) => from === id);
        const from = lines.filter((line) => line.to === id && line.from !== id);
        return (
          <li key={id}>
            <Link
              to="/projects/$ref/tables/$schema/$table"
              params={{ ref, schema: table.schema, table: table.name }}
              className={styles['relation'] ?? ''}
            >
              <bdi>{label}</bdi>
            </Link>
            <ul>
              {to.map((line) => (
                <li key={line.id}>{t('pointsTo', { table: labels.get(line.to) ?? '', columns: line.label })}</li>
              ))}
              {from.map((line) => (
                <li key={line.id}>{t('pointedFrom', { table: labels.get(line.from) ?? '', columns: line.label })}</li>
              ))}
              {to.length + from.length === 0 && <li>{t('noRelations')}</li>}
            </ul>
          </li>
        );
      })}
    </ul>
  );
}
