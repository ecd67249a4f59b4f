import type { Edits } from '../model/edits.ts';
import type { GridModel } from '../model/grid-model.ts';
import type { CellValue } from '../types/field-type.ts';
import { element } from './elements.ts';

/** What is to be said of the active cell, below it: why it was refused, or what another person wrote. */
export class Note {
  readonly element: HTMLElement = element('div', 'g-note', { role: 'status' });
  readonly #model: GridModel;
  readonly #edits: Edits;
  #said: unknown;

  constructor(model: GridModel, edits: Edits) {
    this.#model = model;
    this.#edits = edits;
    this.element.hidden = true;
  }

  draw(): void {
    const { active } = this.#model.selection;
    const row = this.#model.rows.at(active.row);
    const field = this.#model.fields[active.column];
    const mark = row && field ? this.#model.marks.get(row.key, field.id) : undefined;
    const said = mark?.kind === 'invalid' || mark?.kind === 'conflict' ? mark : undefined;
    if (said === this.#said) return;
    this.#said = said;
    this.element.hidden = said === undefined;
    if (said === undefined || row === undefined || field === undefined) return;
    if (said.kind === 'invalid') {
      this.element.className = 'g-note g-note-invalid';
      this.element.textContent = said.reason;
      return;
    }
    this.element.className = 'g-note';
    const { messages } = this.#model.options;
    const title = element('div', 'g-note-title');
    title.textContent = messages.conflict;
    const sides = element('div', 'g-sides');
    sides.append(
      this.#side(messages.yours, said.mine, messages.keepMine, () => this.#edits.resolve(row.key, field.id, 'mine')),
      this.#side(messages.theirs, said.theirs, messages.takeTheirs, () =>
        this.#edits.resolve(row.key, field.id, 'theirs'),
      ),
    );
    this.element.replaceChildren(title, sides);
  }

  #side(word: string, value: CellValue, act: string, run: () => void): HTMLElement {
    const side = element('div', 'g-side');
    const label = element('div', 'g-side-word');
    label.textContent = word;
    const text = element('div', 'g-side-value', { dir: 'auto' });
    text.textContent = value ?? this.#model.options.messages.null;
    const button = element('button', 'g-button', { type: 'button' });
    button.textContent = act;
    button.addEventListener('click', run);
    side.append(label, text, button);
    return side;
  }
}
