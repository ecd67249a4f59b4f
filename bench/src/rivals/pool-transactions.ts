/** BEGIN, set_config, statement, COMMIT on a pool of ten: what a server does that gives each request a connection. */
import { Pool } from 'pg';
import { perSecond, serveDriverRequests } from './driver-request.ts';

const CONNECTIONS = 10;
const IN_FLIGHT = 32;
const SETTINGS = `select set_config('role', 'authenticated', true), set_config('request.jwt.claims', $1, true),
  set_config('request.method', 'GET', true), set_config('request.path', '/bench', true),
  set_config('search_path', '"public", "extensions"', true)`;

serveDriverRequests(async ({ connection, claims, name, statement, values, seconds }) => {
  const pool = new Pool({ ...connection, max: CONNECTIONS });
  const result = await perSecond(IN_FLIGHT, seconds, async (turn) => {
    const client = await pool.connect();
    try {
      await client.query('begin');
      await client.query({ name: 'settings', text: SETTINGS, values: [claims] });
      await client.query({
        name,
        text: statement,
        values: [...(values[turn % values.length] ?? [])],
        rowMode: 'array',
      });
      await client.query('commit');
    } finally {
      client.release();
    }
  });
  await pool.end();
  return result;
});
