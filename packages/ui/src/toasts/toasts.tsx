import { Portal, UnstyledButton } from '@mantine/core';
import { type ReactNode, useEffect, useSyncExternalStore } from 'react';
import { Icon } from '../icons/icon.tsx';
import styles from './toasts.module.css';

export interface Toast {
  readonly text: string;
  readonly tone?: 'plain' | 'good' | 'bad';
  /** What takes back what was done, or goes on from it. */
  readonly action?: { readonly label: string; readonly run: () => void };
}

interface Shown extends Toast {
  readonly id: number;
}

/** Long enough to read it and to reach the button. */
const SHOWN_MS = 6_000;
const MAX_SHOWN = 3;

let shown: readonly Shown[] = [];
let nextId = 1;
const listeners = new Set<() => void>();

/** Says what happened, at the edge of the window; the last three stay. */
export function showToast(toast: Toast): void {
  set([...shown, { ...toast, id: nextId++ }].slice(-MAX_SHOWN));
}

function set(next: readonly Shown[]): void {
  shown = next;
  for (const listener of listeners) listener();
}

function dismiss(id: number): void {
  set(shown.filter((toast) => toast.id !== id));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Where toasts appear; once in an application. */
export function Toasts({ closeLabel }: { readonly closeLabel: string }): ReactNode {
  const toasts = useSyncExternalStore(subscribe, () => shown);
  return (
    <Portal>
      <div className={styles['stack']} role="status" aria-live="polite">
        {toasts.map((toast) => (
          <OneToast key={toast.id} toast={toast} closeLabel={closeLabel} />
        ))}
      </div>
    </Portal>
  );
}

function OneToast({ toast, closeLabel }: { readonly toast: Shown; readonly closeLabel: string }): ReactNode {
  const { id, text, tone = 'plain', action } = toast;
  useEffect(() => {
    const timer = setTimeout(() => dismiss(id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [id]);
  return (
    <div className={styles['toast']} data-tone={tone}>
      {tone !== 'plain' && <Icon name={tone === 'good' ? 'circle-check' : 'alert-circle'} />}
      <span className={styles['text']}>{text}</span>
      {action !== undefined && (
        <UnstyledButton
          className={styles['action'] ?? ''}
          onClick={() => {
            dismiss(id);
            action.run();
          }}
        >
          {action.label}
        </UnstyledButton>
      )}
      <UnstyledButton className={styles['close'] ?? ''} aria-label={closeLabel} onClick={() => dismiss(id)}>
        <Icon name="x" />
      </UnstyledButton>
    </div>
  );
}
