import { ActionIcon, Kbd, Text, Tooltip } from '@mantine/core';
import { Icon, type IconName } from '@ashlar/ui';
import type { GridHandle } from '@ashlar/ui/grid';
import { type KeyboardEvent, type ReactNode, type RefObject, useEffect, useRef } from 'react';
import { commonTexts } from '../../../texts/common.ts';
import { useText } from '../../../texts/use-text.ts';
import { formTexts } from './form-texts.ts';
import { FieldInput } from './field-input.tsx';
import styles from './record-form.module.css';
import { useRecord } from './use-record.ts';

export interface RecordFormProps {
  readonly grid: RefObject<GridHandle | null>;
  readonly onClose: () => void;
}

/** One record with an input for each of its columns, beside the rows. What is typed is what the cell holds. */
export function RecordForm({ grid, onClose }: RecordFormProps): ReactNode {
  const t = useText(formTexts);
  const c = useText(commonTexts);
  const record = useRecord(grid);
  const panel = useRef<HTMLElement>(null);
  /** The field that was left for another record, to go on with there. */
  const wanted = useRef<string | null>('');
  const key = record?.row?.key;
  useEffect(() => {
    if (wanted.current === null || key === undefined) return;
    const inputs = [...(panel.current?.querySelectorAll<HTMLElement>('[data-field]') ?? [])];
    const input = inputs.find(({ dataset }) => dataset['field'] === wanted.current) ?? inputs[0];
    input?.focus();
    wanted.current = null;
  }, [key]);
  if (record === null) return null;

  const go = (by: 1 | -1): void => {
    const focused = document.activeElement;
    if (focused instanceof HTMLElement && focused.dataset['field'] !== undefined) {
      wanted.current = focused.dataset['field'];
      // Ends the field with what it holds.
      focused.blur();
    }
    record.step(by);
  };
  const close = (): void => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    onClose();
    grid.current?.focus();
  };
  const press = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.nativeEvent.isComposing) return;
    if (event.key === 'Escape') close();
    else if (event.key === 'PageDown') go(1);
    else if (event.key === 'PageUp') go(-1);
    else return;
    event.preventDefault();
  };
  const title = record.isNew ? t('newRecord') : t('record', { number: record.index + 1 });
  return (
    <section ref={panel} className={styles['form']} aria-label={t('form')} onKeyDown={press}>
      <header className={styles['head']}>
        <h2 aria-live="polite">{title}</h2>
        <Step icon="chevron-up" label={t('previous')} keyName="PgUp" isOn={record.hasPrevious} run={() => go(-1)} />
        <Step icon="chevron-down" label={t('next')} keyName="PgDn" isOn={record.hasNext} run={() => go(1)} />
        <Step icon="x" label={c('close')} keyName="Esc" isOn run={close} />
      </header>
      <div className={styles['fields']}>
        {record.row === undefined ? (
          <Text size="sm" c="dimmed">
            {t('noRecord')}
          </Text>
        ) : (
          record.fields.map((cell) => (
            <FieldInput key={`${key} ${cell.field.id}`} cell={cell} rowKey={key ?? ''} grid={grid} />
          ))
        )}
        <Text size="xs" c="dimmed">
          {t('keys')}
        </Text>
      </div>
    </section>
  );
}

interface StepProps {
  readonly icon: IconName;
  readonly label: string;
  readonly keyName: string;
  readonly isOn: boolean;
  readonly run: () => void;
}

function Step({ icon, label, keyName, isOn, run }: StepProps): ReactNode {
  const hint = (
    <>
      {label} <Kbd size="xs">{keyName}</Kbd>
    </>
  );
  return (
    <Tooltip label={hint}>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={label}
        aria-disabled={!isOn}
        data-off={!isOn}
        // The field keeps the focus, so that the next record opens at the same one.
        onPointerDown={(event) => event.preventDefault()}
        onClick={run}
      >
        <Icon name={icon} />
      </ActionIcon>
    </Tooltip>
  );
}
