import type { Field } from '../columns/field.ts';
import type { GridMessages } from '../messages.ts';
import type { CellValue } from '../types/field-type.ts';
import { ChoiceList } from './choice-list.ts';
import { element } from './elements.ts';

/** Where the active cell goes after an editor closed. */
export type Leave = 'stay' | 'down' | 'up' | 'next' | 'previous' | 'onward' | 'back';

/** What an editor is opened with. */
export interface EditorRequest {
  readonly field: Field;
  readonly value: CellValue;
  /** What the cell shows in place of the value, such as the label of a foreign key or a text that was refused. */
  readonly shown: string;
  /** The first letter, when typing began it; it takes the place of what was there. */
  readonly typed: string | undefined;
  readonly messages: GridMessages;
  readonly locale: string;
  readonly direction: 'ltr' | 'rtl';
  readonly onCommit: (text: string, leave: Leave) => void;
  readonly onNull: () => void;
  /** Nothing was changed. */
  readonly onLeave: (leave: Leave) => void;
}

const LINES: ReadonlySet<string> = new Set(['lines', 'json']);

/** The editor that floats above the active cell while it is edited. */
export class Editor {
  readonly element: HTMLElement = element('div', 'g-editor');
  readonly #input: HTMLTextAreaElement;
  readonly #reason: HTMLElement = element('div', 'g-reason', { role: 'alert' });
  readonly #request: EditorRequest;
  readonly #list: ChoiceList | undefined;
  /** Begun by typing: arrows leave the cell. Begun by opening: arrows move within the text. */
  #isReplacing: boolean;
  #isClosed = false;

  constructor(request: EditorRequest) {
    this.#request = request;
    const { field, typed } = request;
    this.#isReplacing = typed !== undefined;
    this.#input = element('textarea', `g-input g-input-${field.type.editor}`, {
      rows: '1',
      spellcheck: 'false',
      'aria-label': field.label,
      dir: field.type.direction === 'ltr' ? 'ltr' : 'auto',
    });
    this.#input.value = typed ?? request.shown;
    this.element.append(this.#input);
    const { editor } = field.type;
    if (editor === 'choice' || editor === 'search') {
      this.#list = new ChoiceList(field, request, (value) => this.#commit(value, 'stay'));
      this.#list.bind(this.#input);
      this.element.append(this.#list.element);
    }
    this.element.append(this.#reason);
    this.#input.addEventListener('keydown', (event) => this.#press(event));
    this.#input.addEventListener('input', () => this.#typed());
    this.#input.addEventListener('pointerdown', () => (this.#isReplacing = false));
    this.#input.addEventListener('blur', () => this.finish());
    // Clipboard keys belong to the text while it is edited.
    for (const type of ['copy', 'cut', 'paste'] as const) {
      this.#input.addEventListener(type, (event) => event.stopPropagation());
    }
  }

  focus(): void {
    this.#input.focus({ preventScroll: true });
    const end = this.#input.value.length;
    this.#input.setSelectionRange(this.#list === undefined || this.#isReplacing ? end : 0, end);
    this.#grow();
    this.#list?.search(this.#isReplacing ? this.#input.value : '');
  }

  /** Ends the editor with what it holds; nothing happens if nothing was touched. */
  finish(): void {
    if (this.#isClosed) return;
    const { typed, shown } = this.#request;
    if (typed === undefined && this.#input.value === shown) this.#cancel();
    else this.#commit(this.#input.value, 'stay');
  }

  #typed(): void {
    this.#grow();
    this.#list?.search(this.#input.value);
    const { field, locale, messages } = this.#request;
    if (field.type.editor !== 'json') return;
    const parsed = field.type.parse(this.#input.value, locale);
    this.#reason.textContent = parsed.ok || this.#input.value === '' ? '' : messages.refusals[parsed.reason];
  }

  #grow(): void {
    if (!LINES.has(this.#request.field.type.editor)) return;
    this.#input.style.blockSize = 'auto';
    this.#input.style.blockSize = `${this.#input.scrollHeight}px`;
  }

  #press(event: KeyboardEvent): void {
    event.stopPropagation();
    if (event.isComposing) return;
    const hasControl = event.ctrlKey || event.metaKey;
    if (this.#list?.press(event) === true) event.preventDefault();
    else if (event.key === 'Escape') this.#cancel();
    else if (event.key === 'Backspace' && hasControl && (this.#input.value === '' || this.#isReplacing))
      this.#setNull();
    else if (event.key === 'Enter' && event.altKey) this.#insertLine();
    else if (event.key === 'Enter') this.#commit(this.#chosen(), event.shiftKey ? 'up' : 'down');
    else if (event.key === 'Tab') this.#commit(this.#chosen(), event.shiftKey ? 'previous' : 'next');
    else {
      const leave = this.#isReplacing && this.#list === undefined && !hasControl ? this.#arrow(event.key) : undefined;
      if (leave === undefined) return;
      this.#commit(this.#input.value, leave);
    }
    event.preventDefault();
  }

  #arrow(key: string): Leave | undefined {
    const isRtl = this.#request.direction === 'rtl';
    if (key === 'ArrowUp') return 'up';
    if (key === 'ArrowDown') return 'down';
    if (key === 'ArrowLeft') return isRtl ? 'onward' : 'back';
    return key === 'ArrowRight' ? (isRtl ? 'back' : 'onward') : undefined;
  }

  #insertLine(): void {
    if (!LINES.has(this.#request.field.type.editor)) return;
    this.#isReplacing = false;
    this.#input.setRangeText('\n', this.#input.selectionStart, this.#input.selectionEnd, 'end');
    this.#grow();
  }

  #chosen(): string {
    return this.#list?.chosen() ?? this.#input.value;
  }

  #commit(text: string, leave: Leave): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#list?.close();
    // What was only looked at is not written again: a NULL stays one, and nothing is sent.
    const isUntouched = this.#request.typed === undefined && text === this.#request.shown;
    if (isUntouched) this.#request.onLeave(leave);
    else this.#request.onCommit(text, leave);
  }

  #setNull(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#list?.close();
    this.#request.onNull();
  }

  #cancel(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#list?.close();
    this.#request.onLeave('stay');
  }
}
