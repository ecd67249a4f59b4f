import {
  createClient as createSupabaseClient,
  type SupabaseClient,
  type SupabaseClientOptions,
} from '@supabase/supabase-js';
import { type CallOptions, callOperation, type CallResult, type Transport } from './call-operation.ts';
import { billing } from './generated/billing.ts';
import { inventory } from './generated/inventory.ts';
import { order } from './generated/order.ts';
import { product } from './generated/product.ts';
import type { Operation, OperationTable, SuiteTables } from './operations.ts';

/** The suites this version of the package knows. */
export const suites: {
  readonly product: typeof product;
  readonly inventory: typeof inventory;
  readonly billing: typeof billing;
  readonly order: typeof order;
} = { product, inventory, billing, order };

/** The use cases of a suite, each a function of its input. */
export type SuiteClient<Table> =
  Table extends OperationTable<infer Operations>
    ? { readonly [Name in keyof Operations]: Operations[Name] extends Operation ? Call<Operations[Name]> : never }
    : never;

/** Without an input, for use cases that need none. */
type Call<One extends Operation> =
  // oxlint-disable-next-line typescript/no-generated-empty-object-type -- no use case is known here.
  Partial<One['input']> extends One['input']
    ? (input?: One['input'], options?: CallOptions) => Promise<CallResult<One['output'], One['code']>>
    : (input: One['input'], options?: CallOptions) => Promise<CallResult<One['output'], One['code']>>;

export interface ClientOptions<Tables extends SuiteTables = typeof suites> {
  /** Options of supabase-js: `auth`, `db`, `global`, `realtime`, `accessToken`. Its `global.fetch` serves suites too. */
  readonly supabase?: SupabaseClientOptions<'public'> | undefined;
  /** Suites beside or instead of those of this package, each a table made from its contracts. */
  readonly suites?: Tables | undefined;
  /** Attempts after the first one; 2 unless told. */
  readonly retries?: number | undefined;
  /** Organisation to act for unless a call names one. */
  readonly organisation?: string | undefined;
}

/** supabase-js, and the suites of the project. */
// oxlint-disable-next-line typescript/no-explicit-any -- as supabase-js has it where no type of the database is given.
export type AshlarClient<Database = any, Tables extends SuiteTables = typeof suites> = SupabaseClient<Database> & {
  /** The use cases of a suite. @throws {TypeError} For one that this client has no table of. */
  suite<Name extends keyof Tables & string>(name: Name): SuiteClient<Tables[Name]>;
};

/**
 * A client of a project.
 *
 *     const client = createClient('http://127.0.0.1:8000', 'sb_publishable_…');
 *     const { data, error } = await client.suite('inventory').reserveStock({ … });
 *
 * @param url Where the project answers: `https://api.example.org`, `https://api.example.org/p/shop`.
 */
// oxlint-disable-next-line typescript/no-explicit-any -- see above.
export function createClient<Database = any, Tables extends SuiteTables = typeof suites>(
  url: string,
  key: string,
  options: ClientOptions<Tables> = {},
): AshlarClient<Database, Tables> {
  const { supabase = {} } = options;
  // The type of the schema is not known here; supabase-js infers it from its own parameter.
  const data = createSupabaseClient<Database>(url, key, supabase as never) as SupabaseClient<Database>;
  const tables: SuiteTables = options.suites ?? suites;
  const given = supabase.global?.fetch;
  const token = async (): Promise<string> => {
    if (supabase.accessToken !== undefined) return (await supabase.accessToken()) ?? key;
    return (await data.auth.getSession()).data.session?.access_token ?? key;
  };
  const transport: Transport = {
    baseUrl: `${url.replace(/\/+$/, '')}/api/v1`,
    // Looked up at each call: a page may replace it, and a method of `globalThis` must not lose it.
    fetch: (input, init) => (given ?? globalThis.fetch)(input, init),
    headers: async () => {
      const bearer = await token();
      const isKey = bearer === key && !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(key);
      return { ...headersOf(supabase), apikey: key, ...(isKey ? {} : { authorization: `Bearer ${bearer}` }) };
    },
    retries: options.retries ?? 2,
    organisation: options.organisation,
  };
  const made = new Map<string, unknown>();
  const suite = (name: string): unknown => {
    const table = Object.hasOwn(tables, name) ? tables[name] : undefined;
    if (table === undefined) throw new TypeError(`There is no suite ${name}, but ${Object.keys(tables).join(', ')}`);
    const found = made.get(name) ?? suiteClient(transport, name, table);
    made.set(name, found);
    return found;
  };
  // `suite` is typed by the tables; at run time one function serves all of them.
  return Object.assign(data, { suite }) as unknown as AshlarClient<Database, Tables>;
}

function suiteClient(transport: Transport, name: string, table: SuiteTables[string]): unknown {
  const calls = Object.entries(table).map(([operation, route]) => [
    operation,
    (input: Readonly<Record<string, unknown>> = {}, options: CallOptions = {}) =>
      callOperation(transport, name, route, input, options),
  ]);
  return Object.freeze(Object.fromEntries(calls));
}

function headersOf({ global }: SupabaseClientOptions<'public'>): Readonly<Record<string, string>> {
  return global?.headers ?? {};
}
