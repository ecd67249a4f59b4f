import type { Caller, Project } from '@ashlar/service';
import type { Authorizer, Grants } from './authorizer.ts';

/** Questions of one project under way at once: each takes one of the connections all projects share. */
const MAX_RUNNING = 3;
/** Callers asked for in one question. */
const MAX_CALLERS = 50;

interface Question {
  readonly project: Project;
  readonly topic: string;
  readonly caller: Caller;
  readonly answered: PromiseWithResolvers<Grants>;
}

/** The questions of one project that wait for their turn, by topic. */
interface Line {
  running: number;
  readonly byTopic: Map<string, Question[]>;
}

/**
 * Puts questions about one topic together and lets the others wait, so that a storm of joins neither takes every
 * connection of the server nor is refused.
 */
export function batchChecks(authorizer: Authorizer): Authorizer {
  const lines = new Map<string, Line>();

  function run(ref: string, line: Line): void {
    for (const [topic, questions] of line.byTopic) {
      if (line.running >= MAX_RUNNING) return;
      const asked = questions.splice(0, MAX_CALLERS);
      line.byTopic.delete(topic);
      // What is left goes to the end: a crowded topic must not keep the others waiting.
      if (questions.length > 0) line.byTopic.set(topic, questions);
      line.running += 1;
      void ask(asked).finally(() => {
        line.running -= 1;
        if (line.running === 0 && line.byTopic.size === 0) lines.delete(ref);
        else run(ref, line);
      });
    }
  }

  async function ask(questions: readonly Question[]): Promise<void> {
    const [first] = questions;
    if (first === undefined) return;
    try {
      const callers = questions.map(({ caller }) => caller);
      const grants = await authorizer.check(first.project, first.topic, callers);
      questions.forEach(({ answered }, index) => {
        const granted = grants[index];
        if (granted === undefined) answered.reject(new Error('A caller got no answer'));
        else answered.resolve(granted);
      });
    } catch (error) {
      for (const { answered } of questions) answered.reject(error);
    }
  }

  return {
    check(project, topic, callers) {
      const line = lines.get(project.ref) ?? { running: 0, byTopic: new Map<string, Question[]>() };
      lines.set(project.ref, line);
      const questions = callers.map((caller) => ({
        project,
        topic,
        caller,
        answered: Promise.withResolvers<Grants>(),
      }));
      const waiting = line.byTopic.get(topic);
      if (waiting === undefined) line.byTopic.set(topic, questions);
      else waiting.push(...questions);
      const answers = Promise.all(questions.map(({ answered }) => answered.promise));
      run(project.ref, line);
      return answers;
    },
  };
}
