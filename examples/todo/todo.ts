import { createClient, type SupabaseClient } from '@supabase/supabase-js';

const [url, key] = process.argv.slice(2);
if (url === undefined || key === undefined) throw new Error('Usage: node todo.ts <API URL> <publishable key>');

const run = Date.now();
const ada = await signUp(url, key, `ada-${run}@example.org`);
const ibn = await signUp(url, key, `ibn-${run}@example.org`);

await add(ada, 'write the first program', 'check it twice');
await add(ibn, 'draw a map');

console.log('Ada sees', await titles(ada));
console.log('Ibn sees', await titles(ibn));

async function signUp(apiUrl: string, apiKey: string, email: string): Promise<SupabaseClient> {
  const client = createClient(apiUrl, apiKey, { auth: { persistSession: false } });
  const { error } = await client.auth.signUp({ email, password: 'correct horse battery' });
  if (error !== null) throw error;
  return client;
}

async function add(client: SupabaseClient, ...newTitles: string[]): Promise<void> {
  await client
    .from('todos')
    .insert(newTitles.map((title) => ({ title })))
    .throwOnError();
}

async function titles(client: SupabaseClient): Promise<string[]> {
  const { data } = await client.from('todos').select('title').order('id').throwOnError();
  return data.map(({ title }) => title);
}
