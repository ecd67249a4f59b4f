import type { Field } from '../columns/field.ts';
import type { Candidate, Reference } from '../types/foreign-key.ts';
import type { EditorRequest } from './editor.ts';
import { element, setAttribute } from './elements.ts';

const SEARCH_AFTER_MS = 150;
/** What a person reads through; further ones are found by typing. */
const MAX_SHOWN = 50;

let lists = 0;

/** The list under an editor: a closed list narrowed by typing, or rows found by a search. */
export class ChoiceList {
  readonly element: HTMLElement;
  readonly #field: Field;
  readonly #request: EditorRequest;
  readonly #choose: (value: string) => void;
  #candidates: readonly Candidate[] = [];
  #at = -1;
  #input: HTMLElement | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #searching: AbortController | undefined;

  constructor(field: Field, request: EditorRequest, choose: (value: string) => void) {
    lists += 1;
    this.element = element('div', 'g-list', { role: 'listbox', id: `g-list-${lists}`, 'aria-label': field.label });
    this.#field = field;
    this.#request = request;
    this.#choose = choose;
    // The input keeps the focus, or its blur would close the list before the click arrives.
    this.element.addEventListener('pointerdown', (event) => event.preventDefault());
    this.element.addEventListener('click', (event) => {
      const option = (event.target as Element).closest<HTMLElement>('[data-value]');
      if (option?.dataset['value'] !== undefined) this.#choose(option.dataset['value']);
    });
  }

  /** Tells people who hear the page that this list belongs to the input. */
  bind(input: HTMLElement): void {
    this.#input = input;
    input.setAttribute('role', 'combobox');
    input.setAttribute('aria-expanded', 'true');
    input.setAttribute('aria-controls', this.element.id);
    input.setAttribute('aria-autocomplete', 'list');
  }

  search(text: string): void {
    const { choices } = this.#field.type;
    const { reference } = this.#field;
    if (reference === undefined) {
      const wanted = text.trim().toLowerCase();
      const found = (choices ?? []).filter((choice) => choice.toLowerCase().includes(wanted));
      this.#show(found.map((value) => ({ value, label: this.#labelOf(value) })));
      return;
    }
    clearTimeout(this.#timer);
    this.#searching?.abort();
    const controller = new AbortController();
    this.#searching = controller;
    this.#say(this.#request.messages.searching);
    this.#timer = setTimeout(() => {
      this.#ask(reference, text, controller.signal).catch(() => {
        if (!controller.signal.aborted) this.#say(this.#request.messages.searchFailed);
      });
    }, SEARCH_AFTER_MS);
  }

  async #ask({ search }: Reference, text: string, signal: AbortSignal): Promise<void> {
    const found = await search(text, signal);
    if (!signal.aborted) this.#show(found);
  }

  /** @returns Whether the key was for the list. */
  press(event: KeyboardEvent): boolean {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (by === 0 || this.#candidates.length === 0) return false;
    this.#mark(Math.min(this.#candidates.length - 1, Math.max(0, this.#at + by)));
    return true;
  }

  /** The value that Enter takes: the marked one, or undefined for what was typed. */
  chosen(): string | undefined {
    return this.#candidates[this.#at]?.value;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#searching?.abort();
  }

  #labelOf(value: string): string {
    return this.#field.type.name === 'boolean'
      ? `${this.#field.type.format(value, this.#request.locale)}  ${value}`
      : value;
  }

  #say(text: string): void {
    this.#candidates = [];
    this.#at = -1;
    const line = element('div', 'g-said', { role: 'status' });
    line.textContent = text;
    this.element.replaceChildren(line);
  }

  #show(found: readonly Candidate[]): void {
    if (found.length === 0) {
      this.#say(this.#request.messages.noMatch);
      return;
    }
    this.#candidates = found.slice(0, MAX_SHOWN);
    this.element.replaceChildren(...this.#candidates.map((candidate, at) => this.#option(candidate, at)));
    const now = this.#candidates.findIndex((candidate) => candidate.value === this.#request.value);
    this.#mark(this.#request.typed === undefined ? now : 0);
  }

  #option(candidate: Candidate, at: number): HTMLElement {
    const option = element('div', 'g-option', {
      role: 'option',
      id: `${this.element.id}-${at}`,
      'data-value': candidate.value,
    });
    const label = element('span', 'g-option-label', { dir: 'auto' });
    label.textContent = candidate.label;
    option.append(label);
    if (candidate.detail !== undefined) {
      const detail = element('span', 'g-detail', { dir: 'auto' });
      detail.textContent = candidate.detail;
      option.append(detail);
    }
    return option;
  }

  #mark(at: number): void {
    this.#at = at;
    Array.from(this.element.children).forEach((option, index) => {
      setAttribute(option, 'aria-selected', String(index === at));
      if (index === at) option.scrollIntoView({ block: 'nearest' });
    });
    if (this.#input !== undefined) {
      setAttribute(this.#input, 'aria-activedescendant', at === -1 ? undefined : `${this.element.id}-${at}`);
    }
  }
}
