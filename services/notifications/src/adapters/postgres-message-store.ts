import type { MessageStore, Noted } from '../application/message-store.ts';
import type { QueuedMessage } from '../domain/message.ts';
import { asService } from './database.ts';

/** Over messages are kept this long for who looks for them. */
const KEEP_DAYS = 30;
const KEEP_KEYS_DAYS = 7;
const FORGET_BATCH = 5_000;

const CLAIM = `
  with due as (
    select m.id from notifications.messages m
     where m.state in ('queued', 'sending') and m.due_at <= now()
     order by m.due_at limit $1::int for update skip locked
  ), claimed as (
    update notifications.messages m
       set state = 'sending', attempts = m.attempts + 1, due_at = now() + $2::int * interval '1 millisecond',
           updated_at = now()
      from due where m.id = due.id returning m.*
  )
  select json_build_object(
      'id', m.id, 'channel', m.channel, 'category', m.category, 'userId', m.user_id, 'recipient', m.recipient,
      'template', m.template, 'data', m.data, 'subject', m.subject, 'html', m.html, 'body', m.body,
      'locale', coalesce(m.locale, r.locale), 'headers', m.headers, 'replyTo', m.reply_to, 'attempt', m.attempts,
      'replays', m.replays, 'createdAt', m.created_at, 'isTransactional', c.is_transactional,
      'isWanted', m.user_id is null or m.channel = any (notifications.channels_of(m.user_id, m.category)),
      'suppression', (
        select s.reason from notifications.suppressions s
         where s.address = ltrim(lower(m.recipient), '+') and s.category in ('*', m.category) limit 1))
    from claimed m
    join notifications.categories c on c.name = m.category
    left join notifications.readers r on r.user_id = m.user_id`;

const NOTE = `
  with told as (
    select * from jsonb_to_recordset($1::jsonb) as t(
      id uuid, attempt int, state text, answer text, provider_id text, error text, due_at timestamptz)
  ), done as (
    update notifications.messages m
       set state = t.state,
           attempts = case when t.state = 'queued' and t.error is null then m.attempts - 1 else m.attempts end,
           due_at = coalesce(t.due_at, now()),
           answer = coalesce(t.answer, m.answer),
           provider_id = coalesce(t.provider_id, m.provider_id),
           error = t.error,
           sent_at = case when t.state = 'sent' then now() end,
           history = case when t.answer is null and t.error is null then m.history else
             jsonb_path_query_array(m.history, '$[last - 18 to last]') || jsonb_strip_nulls(jsonb_build_object(
               'at', now(), 'attempt', t.attempt, 'state', t.state, 'answer', t.answer, 'error', t.error)) end,
           updated_at = now()
      from told t
     where m.id = t.id and m.state = 'sending' and m.attempts = t.attempt
    returning m.id)
  select to_json(count(*)) from done`;

/** As JSON gives it. */
type Row = Omit<QueuedMessage, 'createdAt'> & { readonly createdAt: string };

export const postgresMessageStore: MessageStore = {
  async claim({ database }, { limit, leaseMs }) {
    const rows = await asService<Row>(database, CLAIM, [String(limit), String(leaseMs)]);
    return rows.map((row) => ({ ...row, createdAt: new Date(row.createdAt) }));
  },
  async note({ database }, noted) {
    await asService(database, NOTE, [JSON.stringify(noted.map(toRow))]);
  },
  async nextDue({ database }) {
    const [due] = await asService<string | null>(
      database,
      `select to_json(min(m.due_at)) from notifications.messages m where m.state in ('queued', 'sending')`,
      [],
    );
    return due == null ? null : new Date(due);
  },
  async forgetOld({ database }) {
    await asService(
      database,
      `with old as (
         delete from notifications.messages where id in (
           select m.id from notifications.messages m
            where m.state not in ('queued', 'sending') and m.updated_at < now() - interval '${KEEP_DAYS} days'
            order by m.updated_at limit ${FORGET_BATCH}) returning id
       ), keys as (
         delete from notifications.keys where created_at < now() - interval '${KEEP_KEYS_DAYS} days' returning key)
       select to_json((select count(*) from old) + (select count(*) from keys))`,
      [],
    );
  },
};

function toRow({ id, attempt, outcome }: Noted): object {
  switch (outcome.kind) {
    case 'sent':
      return { id, attempt, state: 'sent', answer: outcome.answer, provider_id: outcome.providerId };
    case 'later':
      return { id, attempt, state: 'queued', error: outcome.error, due_at: outcome.retryAt };
    case 'released':
      return { id, attempt, state: 'queued' };
    case 'failed':
    case 'suppressed':
      return { id, attempt, state: outcome.kind, error: outcome.error };
  }
}
