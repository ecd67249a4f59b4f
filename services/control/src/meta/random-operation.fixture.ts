import * as fc from 'fast-check';
import type { AskedOperation } from './operations/operations.ts';

/** Operations on the library, most of them possible. */
export const askedOperation: fc.Arbitrary<AskedOperation> = fc.oneof(
  ...Object.entries(inputs()).map(([operation, input]) => input.map((value) => ({ operation, input: value }))),
);

function inputs(): Readonly<Record<string, fc.Arbitrary<unknown>>> {
  const cascade = fc.boolean();
  const plain = fc.constantFrom('extra', 'odd "name"', 'Größe', 'books_title', 'a'.repeat(63));
  const table = fc.constantFrom(
    { schema: 'public', table: 'authors' },
    { schema: 'public', table: 'books' },
    { schema: 'public', table: 'blank' },
    { schema: 'shelf', table: 'boxes' },
  );
  const column = fc.constantFrom(
    ...Object.entries({
      'public.authors': ['id', 'name', 'email', 'born'],
      'public.books': ['id', 'author_id', 'title', 'price', 'mood', 'tags', 'pages', 'created_at'],
      'public.blank': ['id', 'note', 'parent'],
      'shelf.boxes': ['id', 'book', 'label'],
    }).flatMap(([place, names]) => {
      const [schema = '', of = ''] = place.split('.');
      return names.map((name) => ({ schema, table: of, column: name }));
    }),
  );
  const type = fc.constantFrom(
    'text',
    'integer',
    'bigint',
    'smallint',
    'varchar',
    'varchar(3)',
    'varchar(80)',
    'numeric',
    'numeric(12,2)',
    'numeric(10,1)',
    'timestamp',
    'timestamptz',
    'date',
    'uuid',
    'jsonb',
    'text[]',
    'double precision',
  );
  const added = fc
    .record(
      {
        name: plain,
        type: fc.constantFrom('integer', 'text', 'uuid', 'timestamptz', 'numeric(6,2)'),
        nullable: fc.boolean(),
        default: fc.constantFrom('null', 'now()::text', `'7'`).filter(() => true),
        unique: fc.boolean(),
      },
      { requiredKeys: ['name', 'type'] },
    )
    .map((value) =>
      value.default === 'now()::text'
        ? { ...value, type: 'text' }
        : value.default === `'7'` && /uuid|time/.test(value.type)
          ? { ...value, default: 'null' }
          : value,
    );
  const filled = fc.constantFrom(
    { name: 'token', type: 'uuid', default: 'gen_random_uuid()' },
    { name: 'at', type: 'timestamptz', default: 'now()', nullable: false },
    { name: 'roll', type: 'double precision', default: 'random() * 6' },
    { name: 'number', type: 'bigint', identity: 'always' },
    { name: 'size', type: 'integer', generated: '1 + 1' },
    { name: 'word', type: 'text', default: `concat('random', '()')`, nullable: false },
  );
  const constraint = fc.constantFrom(
    { schema: 'public', table: 'authors', constraint: 'authors_pkey' },
    { schema: 'public', table: 'authors', constraint: 'authors_email_key' },
    { schema: 'public', table: 'books', constraint: 'books_pkey' },
    { schema: 'public', table: 'books', constraint: 'books_author_id_fkey' },
    { schema: 'public', table: 'books', constraint: 'price_is_positive' },
    { schema: 'public', table: 'blank', constraint: 'blank_parent_fkey' },
    { schema: 'shelf', table: 'boxes', constraint: 'boxes_book_fkey' },
  );
  const policy = fc
    .constantFrom('of_authors', 'calm')
    .map((name) => ({ schema: 'public', table: 'books', policy: name }));
  const typeRef = fc.constantFrom('mood', 'unused').map((name) => ({ type: name }));
  const index = fc.constantFrom('books_title', 'books_pages', 'authors_pkey').map((name) => ({ index: name }));
  const whole = fc.oneof(
    table,
    fc
      .constantFrom('cheap_books', 'cheap_titles', 'authors_by_year')
      .map((name) => ({ schema: 'public', table: name })),
  );
  const routine = fc.constantFrom({ function: 'shout', signature: 'book public.books' }, { function: 'touch' });
  const withCascade = <A extends object>(of: fc.Arbitrary<A>) => joined(of, fc.record({ cascade }));

  return {
    'create-table': fc.record(
      {
        table: plain,
        columns: fc
          .uniqueArray(fc.oneof(added, filled), { maxLength: 3, selector: ({ name }) => name })
          .map((list) => [{ name: 'key', type: 'integer', nullable: false }, ...list]),
        primaryKey: fc.constant(['key']),
        rowSecurity: fc.boolean(),
        comment: fc.constantFrom('said', `it's \\ said`),
      },
      { requiredKeys: ['table', 'columns'] },
    ),
    'rename-table': joined(whole, fc.record({ to: plain })),
    'move-table': joined(table, fc.constant({ to: 'shelf' })),
    'comment-table': joined(table, fc.record({ comment: fc.constantFrom(null, `it's \\ said`) })),
    'drop-table': withCascade(whole),
    'set-row-security': joined(
      table,
      fc.record({ enabled: fc.boolean(), forced: fc.boolean() }, { requiredKeys: ['enabled'] }),
    ),
    'set-replica-identity': joined(table, fc.record({ identity: fc.constantFrom('default', 'full', 'nothing') })),
    'add-column': joined(table, fc.record({ column: fc.oneof(added, filled) })),
    'rename-column': joined(column, fc.record({ to: plain })),
    'set-column-type': joined(column, fc.record({ type })),
    'set-column-default': joined(column, fc.record({ default: fc.constant(null) })),
    'set-column-nullable': joined(column, fc.record({ nullable: fc.boolean() })),
    'comment-column': joined(column, fc.record({ comment: fc.constantFrom(null, 'said') })),
    'drop-column': withCascade(column),
    'add-primary-key': column.map(({ column: name, ...of }) => ({ ...of, columns: [name] })),
    'add-unique': joined(
      column.map(({ column: name, ...of }) => ({ ...of, columns: [name] })),
      fc.record({ name: plain }, { requiredKeys: [] }),
    ),
    'add-foreign-key': fc.constantFrom(
      { schema: 'shelf', table: 'boxes', columns: ['id'], references: { table: 'blank', columns: ['id'] } },
      {
        schema: 'shelf',
        table: 'boxes',
        columns: ['id'],
        references: { table: 'blank', columns: ['id'] },
        validate: false,
      },
      {
        table: 'books',
        columns: ['author_id'],
        references: { table: 'authors', columns: ['id'] },
        onDelete: 'cascade',
        name: 'again',
      },
      {
        table: 'blank',
        columns: ['parent'],
        references: { table: 'blank', columns: ['id'] },
        onDelete: 'set null',
        name: 'again',
      },
    ),
    'add-check': fc.constantFrom(
      { table: 'books', expression: 'price < 10', name: 'cheap' },
      { table: 'books', expression: 'price < 10', name: 'cheap', validate: false },
      { table: 'books', expression: 'price < 1000', name: 'cheap' },
    ),
    'validate-constraint': constraint.filter(({ constraint: name }) => !name.endsWith('key') || name.endsWith('fkey')),
    'rename-constraint': joined(constraint, fc.record({ to: plain })),
    'drop-constraint': withCascade(constraint),
    'create-index': fc.constantFrom(
      { table: 'books', name: 'extra', parts: [{ column: 'title', order: 'desc', nulls: 'last' }] },
      { table: 'books', name: 'extra', parts: [{ expression: 'lower(title)' }], unique: true },
      { table: 'authors', name: 'extra', parts: [{ column: 'name' }], unique: true },
      { table: 'books', name: 'extra', parts: [{ column: 'tags' }], method: 'gin' },
      { schema: 'shelf', table: 'boxes', name: 'extra', parts: [{ column: 'label' }], where: 'id > 1' },
    ),
    'rename-index': joined(index, fc.record({ to: plain })),
    'drop-index': withCascade(index),
    'create-policy': fc.constantFrom(
      { table: 'books', name: 'extra', command: 'select', roles: ['authenticated'], using: 'true' },
      { table: 'blank', name: 'extra', command: 'insert', check: 'id > 1', permissive: false },
      { table: 'books', name: 'calm', using: 'true' },
    ),
    'alter-policy': joined(policy, fc.constantFrom({ using: 'false' }, { roles: ['anon', 'authenticated'] })),
    'rename-policy': joined(policy, fc.record({ to: plain })),
    'drop-policy': policy,
    'create-enum': fc.record({ type: plain, labels: fc.constantFrom(['x'], [`it's`, 'b\\c']) }),
    'add-enum-label': fc.constantFrom(
      { type: 'mood', label: 'new' },
      { type: 'unused', label: 'new', before: 'a' },
      { type: 'mood', label: `it's`, after: 'calm' },
    ),
    'rename-enum-label': fc.constantFrom(
      { type: 'mood', label: 'calm', to: 'quiet' },
      { type: 'unused', label: 'a', to: 'b' },
    ),
    'create-domain': fc.record({
      type: plain,
      base: fc.constantFrom('text', 'integer'),
      check: fc.constant('value is not null'),
    }),
    'rename-type': joined(typeRef, fc.record({ to: plain })),
    'drop-type': withCascade(typeRef),
    'create-function': fc.constantFrom(
      { function: 'extra', returns: { type: 'integer' }, language: 'sql', body: 'select 1', securityDefiner: true },
      {
        function: 'extra',
        arguments: [
          { name: 'a', type: 'integer' },
          { name: 'b', type: 'text', default: `'x'` },
        ],
        returns: { type: 'text', set: true },
        language: 'plpgsql',
        body: `begin return next 'it''s $$'; end`,
      },
      { function: 'touch', returns: { type: 'trigger' }, language: 'plpgsql', body: 'begin return null; end' },
    ),
    'drop-function': withCascade(
      fc.constantFrom({ function: 'shout', signature: 'book public.books' }, { function: 'touch' }),
    ),
    'set-view-invoker': fc.record({ view: fc.constantFrom('cheap_books', 'cheap_titles'), enabled: fc.boolean() }),
    'pin-search-path': routine,
    'revoke-function': joined(routine, fc.record({ roles: fc.constantFrom(['public'], ['public', 'anon']) })),
    'move-extension': fc.constant({ extension: 'citext' }),
    'create-trigger': fc.constantFrom(
      { table: 'authors', name: 'extra', timing: 'before', events: ['insert', 'update'], function: { name: 'touch' } },
      { table: 'books', name: 'books_touch', timing: 'after', events: ['delete'], function: { name: 'touch' } },
      {
        table: 'authors',
        name: 'extra',
        timing: 'after',
        events: ['update'],
        when: 'old.name <> new.name',
        function: { name: 'touch' },
      },
    ),
    'set-trigger-enabled': fc.record({
      table: fc.constant('books'),
      trigger: fc.constant('books_touch'),
      enabled: fc.boolean(),
    }),
    'drop-trigger': fc.constant({ table: 'books', trigger: 'books_touch' }),
    'create-schema': fc.constantFrom({ schema: 'extra' }, { schema: 'shelf' }),
    'drop-schema': withCascade(fc.constant({ schema: 'shelf' })),
    'create-extension': fc.constantFrom({ extension: 'pg_trgm' }, { extension: 'unaccent' }),
    'drop-extension': fc.constant({ extension: 'citext' }),
    'publish-table': table,
    'unpublish-table': fc.constant({ table: 'books' }),
    'create-view': fc.record({
      view: plain,
      query: fc.constant('select id, title from public.books'),
      securityInvoker: fc.boolean(),
      materialized: fc.boolean(),
    }),
    'grant-table': joined(whole, fc.constant({ privileges: ['select'], role: 'anon' })),
    'revoke-table': joined(whole, fc.constant({ privileges: ['select', 'insert'], role: 'authenticated' })),
  };
}

function joined<Left extends object, Right extends object>(
  left: fc.Arbitrary<Left>,
  right: fc.Arbitrary<Right>,
): fc.Arbitrary<Left & Right> {
  return fc.tuple(left, right).map(([one, other]) => ({ ...one, ...other }));
}
