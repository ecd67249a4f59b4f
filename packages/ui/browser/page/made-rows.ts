import {
  createRowSource,
  type Field,
  fieldTypeOf,
  foreignKeyType,
  type GridRow,
  type OwnRowSource,
} from '../../src/grid/index.ts';

const CITIES = ['Baghdad', 'بغداد', 'Basra', 'البصرة', 'Erbil', 'أربيل', 'Mosul', 'الموصل', 'Amman', 'دبي'];
const STATES = ['open', 'held', 'paid', 'shipped'];
const PAGE_SIZE = 200;

const MADE: Readonly<Record<string, (row: number) => string | null>> = {
  id: (row) => String(row + 1),
  name: (row) => (row % 7 === 3 ? null : `${row % 2 === 0 ? 'Customer' : 'زبون'} ${row + 1}`),
  city: (row) => CITIES[row % CITIES.length] ?? null,
  state: (row) => STATES[row % STATES.length] ?? null,
  amount: (row) => `${(row * 7919) % 100_000}.${String((row * 31) % 100).padStart(2, '0')}`,
  is_paid: (row) => [null, 'true', 'false'][row % 3] ?? null,
  due_on: (row) => `2026-${String((row % 12) + 1).padStart(2, '0')}-${String((row % 28) + 1).padStart(2, '0')}`,
  created_at: (row) =>
    `2026-03-${String((row % 28) + 1).padStart(2, '0')} 09:${String(row % 60).padStart(2, '0')}:00+00`,
  token: (row) => `00000000-0000-4000-8000-${row.toString(16).padStart(12, '0')}`,
  details: (row) => `{"row": ${row}, "big": 12345678901234567890}`,
  tags: (row) => (row % 4 === 0 ? '{}' : '{new,"two words"}'),
  owner: (row) => String((row % 50) + 1),
  note: (row) => (row % 5 === 0 ? '' : `Line one of ${row + 1}\nline two`),
  during: () => '[2026-01-01,2026-02-01)',
  address: (row) => `10.0.${row % 256}.1`,
};

const TYPES: readonly (readonly [string, string, number])[] = [
  ['id', 'bigint', 90],
  ['name', 'text', 160],
  ['city', 'text', 110],
  ['state', 'state', 100],
  ['amount', 'numeric(12,2)', 120],
  ['is_paid', 'boolean', 90],
  ['due_on', 'date', 130],
  ['created_at', 'timestamptz', 200],
  ['owner', 'integer', 140],
  ['token', 'uuid', 160],
  ['details', 'jsonb', 180],
  ['tags', 'text[]', 150],
  ['note', 'text', 180],
  ['during', 'daterange', 200],
  ['address', 'inet', 120],
];

/** Finds people by their names. */
const search = async (text: string): Promise<readonly { value: string; label: string; detail: string }[]> =>
  Array.from({ length: 50 }, (_, at) => ({
    value: String(at + 1),
    label: `Person ${at + 1}`,
    detail: `#${at + 1}`,
  })).filter((person) => person.label.toLowerCase().includes(text.toLowerCase()));

/** Thirty columns: one of each type, then numbers. */
export function madeFields(extra: number): readonly Field[] {
  const typed = TYPES.map(([id, type, width]): Field => {
    const fieldType = fieldTypeOf(type, type === 'state' ? STATES : undefined);
    const field = { id, label: id, hint: type, type: fieldType, width };
    if (id === 'id') return { ...field, isReadonly: true };
    if (id !== 'owner') return field;
    return { ...field, type: foreignKeyType(fieldType), reference: { search } };
  });
  const numbers = Array.from({ length: extra }, (_, at): Field => {
    const id = `n${at + 1}`;
    return { id, label: id, hint: 'integer', type: fieldTypeOf('integer'), width: 100 };
  });
  return [...typed, ...numbers];
}

/** Rows that are made when they are asked for, after the time a server takes, and remember what was written into them. */
export class MadeTable {
  readonly source: OwnRowSource;
  readonly written: Map<string, Record<string, string | null>> = new Map();
  readonly #fields: readonly Field[];
  asked = 0;

  constructor(rows: number, fields: readonly Field[], latencyMs: number) {
    this.#fields = fields;
    this.source = createRowSource({
      pageSize: PAGE_SIZE,
      count: rows,
      page: async (n, signal) => {
        this.asked += 1;
        await new Promise((resolve) => setTimeout(resolve, latencyMs));
        signal.throwIfAborted();
        const length = Math.max(0, Math.min(PAGE_SIZE, this.source.count - n * PAGE_SIZE));
        return Array.from({ length }, (_, at) => this.row(n * PAGE_SIZE + at));
      },
    });
  }

  row(index: number): GridRow {
    const key = String(index);
    const values = Object.fromEntries(
      this.#fields.map((field) => [
        field.id,
        MADE[field.id]?.(index) ??
          (field.id.startsWith('n') && field.id !== 'name' && field.id !== 'note'
            ? String((index * Number(field.id.slice(1))) % 9973)
            : null),
      ]),
    );
    const written = { ...values, ...this.written.get(key) };
    return { key, values: written, labels: { owner: `Person ${written['owner'] ?? ''}` } };
  }
}
