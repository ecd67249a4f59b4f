import { DEFAULT_PROJECT, type Projects } from '@ashlar/service';

/** Milliseconds an answer is good for: probes come often and from several sides, the database is asked once. */
const ANSWER_LIFETIME_MS = 1_000;
/** Milliseconds; a probe that has to wait longer has its answer. */
const TIMEOUT_MS = 3_000;

/** Asks whether the instance can serve: null when it can, else why not in a sentence fit for the public. */
export function createReadiness(
  projects: Projects,
  ready: (() => Promise<void>) | undefined,
  now: () => number,
): () => Promise<string | null> {
  const check = ready ?? (() => askDefaultProject(projects));
  let answer: Promise<string | null> | undefined;
  let askedAt = 0;
  return () => {
    if (answer === undefined || now() - askedAt >= ANSWER_LIFETIME_MS) {
      askedAt = now();
      answer = Promise.race([
        check().then(
          () => null,
          () => 'The database does not answer',
        ),
        afterTimeout(),
      ]);
    }
    return answer;
  };
}

async function askDefaultProject(projects: Projects): Promise<void> {
  const project = projects.peek(DEFAULT_PROJECT) ?? (await projects.wake(DEFAULT_PROJECT));
  if (project === undefined) throw new Error(`There is no project "${DEFAULT_PROJECT}"`);
  await project.database.call({
    login: 'authenticator',
    role: 'anon',
    settings: [],
    readOnly: true,
    statementTimeoutMs: TIMEOUT_MS,
    statement: { text: 'SELECT 1', values: [] },
    connection: 'shared',
  });
}

function afterTimeout(): Promise<string> {
  return new Promise((resolve) => {
    setTimeout(() => resolve('The database did not answer in time'), TIMEOUT_MS).unref();
  });
}
