/**
 * The same statement straight through the driver, pipelined: two connections with sixteen in flight on each. Role
 * and claims are set once per connection, so this is the ceiling of the database path, with no request around it.
 */
import { Client } from 'pg';
import { perSecond, serveDriverRequests } from './driver-request.ts';

const CONNECTIONS = 2;
const IN_FLIGHT = 16;

serveDriverRequests(async ({ connection, claims, name, statement, values, seconds, inFlight }) => {
  const clients = Array.from({ length: CONNECTIONS }, () => new Client({ ...connection, pipeline: true }));
  for (const client of clients) {
    await client.connect();
    await client.query('select set_config($1, $2, false)', ['request.jwt.claims', claims]);
    await client.query('set role authenticated');
  }
  const result = await perSecond(inFlight ?? CONNECTIONS * IN_FLIGHT, seconds, (turn, worker) => {
    const text = {
      name,
      text: statement,
      values: [...(values[turn % values.length] ?? [])],
      rowMode: 'array' as const,
    };
    return clients[worker % CONNECTIONS]?.query(text) ?? Promise.resolve();
  });
  await Promise.all(clients.map((client) => client.end()));
  return result;
});
