import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDataApp, type DataApp } from './data-app.fixture.ts';
import { LIBRARY } from './library.fixture.ts';

let app: DataApp;

beforeAll(async () => {
  app = await createDataApp(LIBRARY);
});

afterAll(() => app[Symbol.asyncDispose]());

describe('embedding', () => {
  test.each([
    [
      'many to one',
      '/books?select=id,author_id(name)&id=lt.3&order=id',
      [
        { id: 1, author_id: { name: 'Ada' } },
        { id: 2, author_id: { name: 'Ada' } },
      ],
    ],
    ['many to one, none there', '/books?select=authors!author_id(name)&id=eq.4', [{ authors: null }]],
    ['by constraint', '/books?select=books_editor_fkey(name)&id=eq.1', [{ books_editor_fkey: { name: 'Bob' } }]],
    [
      'one to many',
      '/authors?select=id,books!author_id(title)&id=in.(1,3)&books.order=id.desc&order=id',
      [
        { id: 1, books: [{ title: 'Beta' }, { title: 'Alpha' }] },
        { id: 3, books: [] },
      ],
    ],
    [
      'one to one',
      '/authors?select=profiles(bio)&order=id&limit=2',
      [{ profiles: { bio: 'first' } }, { profiles: null }],
    ],
    [
      'many to many',
      '/books?select=id,labels(word)&id=in.(1,2)&labels.order=word&order=id',
      [
        { id: 1, labels: [{ word: 'new' }, { word: 'old' }] },
        { id: 2, labels: [] },
      ],
    ],
    ['children of itself', '/staff?select=name,staff(name)&id=eq.1', [{ name: 'Top', staff: [{ name: 'Mid' }] }]],
    ['parent of itself', '/staff?select=name,boss_id(name)&id=eq.2', [{ name: 'Mid', boss_id: { name: 'Top' } }]],
    [
      'through a view',
      '/cheap_books?select=title,authors(name)&id=eq.1',
      [{ title: 'Alpha', authors: { name: 'Ada' } }],
    ],
    ['computed', '/authors?select=cheap(title)&id=eq.1', [{ cheap: [{ title: 'Alpha' }] }]],
    [
      'two levels',
      '/authors?select=name,books!author_id(title,labels(word))&id=eq.2',
      [{ name: 'Bob', books: [{ title: 'Gamma', labels: [{ word: 'old' }] }] }],
    ],
    [
      'the same table twice',
      '/books?select=writer:authors!author_id(name),editor:authors!editor_id(name)&id=eq.1',
      [{ writer: { name: 'Ada' }, editor: { name: 'Bob' } }],
    ],
    [
      'a count of rows',
      '/authors?select=name,books!author_id(count)&order=id&limit=1',
      [{ name: 'Ada', books: [{ count: 2 }] }],
    ],
    [
      'limit per parent',
      '/authors?select=books!author_id(id)&books.limit=1&books.order=id&id=eq.1',
      [{ books: [{ id: 1 }] }],
    ],
    [
      'filter of embedded rows',
      '/authors?select=id,books!author_id(title)&books.price=gt.10&order=id&limit=2',
      [
        { id: 1, books: [{ title: 'Beta' }] },
        { id: 2, books: [] },
      ],
    ],
    [
      'inner',
      '/authors?select=id,books!author_id!inner(title)&books.price=gt.10',
      [{ id: 1, books: [{ title: 'Beta' }] }],
    ],
    [
      'inner, to one',
      '/books?select=id,w:authors!inner!author_id(name)&w.name=eq.Bob',
      [{ id: 3, w: { name: 'Bob' } }],
    ],
    [
      'inner, nested',
      '/authors?select=name,books!author_id!inner(labels!inner())&books.labels.word=eq.new',
      [{ name: 'Ada', books: [{}] }],
    ],
    [
      'logic on an embed',
      '/authors?select=id,books!author_id(id)&books.or=(price.eq.5,price.eq.20)&id=eq.1&books.order=id',
      [{ id: 1, books: [{ id: 1 }, { id: 2 }] }],
    ],
    ['those without', '/authors?select=id,books!author_id()&books=is.null', [{ id: 3 }]],
    ['those with', '/authors?select=id,profiles()&profiles=not.is.null', [{ id: 1 }]],
    [
      'absence in a tree',
      '/authors?select=id,profiles()&or=(profiles.is.null,name.eq.Ada)&order=id',
      [{ id: 1 }, { id: 2 }, { id: 3 }],
    ],
    [
      'spread to one',
      '/books?select=id,...authors!author_id(writer:name)&id=in.(1,4)&order=id',
      [
        { id: 1, writer: 'Ada' },
        { id: 4, writer: null },
      ],
    ],
    [
      'spread to many',
      '/authors?select=id,...books!author_id(title,price)&books.order=id&id=eq.1',
      [{ id: 1, title: ['Alpha', 'Beta'], price: [5, 20] }],
    ],
    [
      'order by an embed',
      '/books?select=id,authors!author_id(id)&order=authors(name).desc.nullslast,id',
      [
        { id: 3, authors: { id: 2 } },
        { id: 1, authors: { id: 1 } },
        { id: 2, authors: { id: 1 } },
        { id: 4, authors: null },
      ],
    ],
  ])('%s', async (_name, url, expected) => {
    expect((await app.ask({ url })).json).toEqual(expected);
  });
});

describe('what cannot be embedded is refused', () => {
  test('no relationship', async () => {
    expect((await app.ask({ url: '/staff?select=labels(word)' })).json).toEqual({
      code: 'PGRST200',
      details:
        "Searched for a foreign key relationship between 'staff' and 'labels' in the schema 'public', but no matches were found.",
      hint: null,
      message: "Could not find a relationship between 'staff' and 'labels' in the schema cache",
    });
  });

  test('several relationships', async () => {
    const reply = await app.ask({ url: '/books?select=authors(name)' });
    expect(reply.status).toBe(300);
    expect(reply.json).toEqual({
      code: 'PGRST201',
      details: [
        {
          cardinality: 'many-to-one',
          embedding: 'books with authors',
          relationship: 'books_author_id_fkey using books(author_id) and authors(id)',
        },
        {
          cardinality: 'many-to-one',
          embedding: 'books with authors',
          relationship: 'books_editor_fkey using books(editor_id) and authors(id)',
        },
      ],
      hint: "Try changing 'authors' to one of the following: 'authors!books_author_id_fkey', 'authors!books_editor_fkey'. Find the desired relationship in the 'details' key.",
      message: "Could not embed because more than one relationship was found for 'books' and 'authors'",
    });
  });

  test.each([
    ['/authors?books.id=eq.1', 400, 'PGRST108', "'books' is not an embedded resource in this request"],
    [
      '/authors?select=profiles(bio)&profiles=eq.1',
      400,
      'PGRST120',
      "Bad operator on the 'profiles' embedded resource",
    ],
    [
      '/books?select=author_id(name)&author_id=eq.1',
      400,
      'PGRST120',
      "Bad operator on the 'author_id' embedded resource",
    ],
    ['/authors?select=cheap(id)&order=cheap(id)', 400, 'PGRST118', "A related order on 'cheap' is not possible"],
    ['/authors?order=nope(id)', 400, 'PGRST108', "'nope' is not an embedded resource in this request"],
    ['/staff?select=staff(id),staff(name)', 400, '42712', 'table name "staff_1" specified more than once'],
    ['/authors?select=books!author_id(sum)', 400, '42703', 'column books_1.sum does not exist'],
    ['/books?select=price.sum()', 400, 'PGRST123', 'Use of aggregate functions is not allowed'],
  ])('%s', async (url, status, code, message) => {
    expect(await app.ask({ url })).toMatchObject({ status, json: { code, message } });
  });
});

describe('aggregates, where the project allows them', () => {
  test.each([
    ['/books?select=count()', [{ count: 4 }]],
    [
      '/books?select=author_id,total:price.sum()&order=author_id',
      [
        { author_id: 1, total: 25 },
        { author_id: 2, total: 7 },
        { author_id: null, total: 50 },
      ],
    ],
    ['/books?select=price::int.max()::text', [{ max: '50' }]],
    ['/authors?select=id,books!author_id(price.avg())&id=eq.1', [{ id: 1, books: [{ avg: 12.5 }] }]],
    [
      '/books?select=stock,authors!author_id(name),count()&author_id=eq.1',
      [{ stock: 1, authors: { name: 'Ada' }, count: 2 }],
    ],
    // What a to-one spread aggregates belongs to the groups of the level it is spread into.
    [
      '/books?select=stock,...authors!author_id(age.sum(),oldest:age.max()::text,writers:count())',
      [{ stock: 1, sum: 72, oldest: '36', writers: 3 }],
    ],
    ['/books?select=...authors!author_id(name,books:count())&author_id=eq.1', [{ name: 'Ada', books: 2 }]],
    [
      '/book_labels?select=label_id,...books(...authors!author_id(age.sum()))&order=label_id',
      [
        { label_id: 1, sum: 36 },
        { label_id: 2, sum: 36 },
      ],
    ],
    [
      '/labels?select=word,...books(titles:title,...authors!author_id(age.max()))&word=eq.new',
      [{ word: 'new', titles: ['Alpha'], max: [36] }],
    ],
  ])('%s', async (url, expected) => {
    app.configure({ aggregatesEnabled: true });
    try {
      expect((await app.ask({ url })).json).toEqual(expected);
    } finally {
      app.configure({ aggregatesEnabled: false });
    }
  });
});
