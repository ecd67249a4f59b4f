import { runScript } from '@ashlar/postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createIdentityFixture, type IdentityFixture } from './identity-fixture.ts';

let identity: IdentityFixture;

beforeAll(async () => {
  identity = await createIdentityFixture({ auth: { autoconfirmEmail: true } });
  await runScript(
    identity.project.target,
    `create table public.tried (event text, login text, become text, outcome text);
     grant insert on public.tried to public;
     create function public.try_to_become() returns trigger language plpgsql as $$
     declare
       wanted text;
       outcome text;
     begin
       foreach wanted in array array['supabase_auth_admin', 'events_owner', 'ashlar_platform', 'postgres'] loop
         begin
           execute format('reset role; set role %I', wanted);
           outcome := 'allowed';
         exception when insufficient_privilege then
           outcome := 'refused';
         end;
         set role identity;
         insert into public.tried values (tg_table_name || ' ' || tg_op, session_user, wanted, outcome);
       end loop;
       return null;
     end
     $$;
     create trigger users after insert or update on auth.users for each row execute function public.try_to_become();
     create trigger sessions after insert or update on auth.sessions for each row execute function public.try_to_become();
     create trigger tokens after insert on auth.refresh_tokens for each row execute function public.try_to_become()`,
  );
});
afterAll(() => identity.close());

test("triggers of the project's owner can become nothing through sign-up, sign-in and refresh", async () => {
  const account = { email: 'ada@example.org', password: 'a long enough password' };
  expect((await identity.ask({ method: 'POST', url: '/signup', body: account })).status).toBe(200);
  const signedIn = await identity.ask({ method: 'POST', url: '/token?grant_type=password', body: account });
  expect(signedIn.status).toBe(200);
  const body = { refresh_token: signedIn.body.refresh_token };
  expect((await identity.ask({ method: 'POST', url: '/token?grant_type=refresh_token', body })).status).toBe(200);
  const events = await identity.project.sql('select distinct event from public.tried order by event');
  expect(events.map(({ event }) => event)).toEqual([
    'refresh_tokens INSERT',
    'sessions INSERT',
    'sessions UPDATE',
    'users INSERT',
    'users UPDATE',
  ]);
  expect(await identity.project.sql('select distinct login, outcome from public.tried')).toEqual([
    { login: `${identity.project.ref}_identity`, outcome: 'refused' },
  ]);
});
