import { useEffect, useState } from 'react';
import type { Graph } from './diagram-graph.ts';
import type { LayoutAnswer, LayoutQuestion } from './layout.worker.ts';

/** Where the boxes go; null while that is thought about. */
export function useLayout(graph: Graph, direction: LayoutQuestion['direction']): LayoutAnswer | null {
  const [answer, setAnswer] = useState<{ readonly of: Graph; readonly places: LayoutAnswer } | null>(null);
  useEffect(() => {
    const worker = new Worker(new URL('layout.worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('message', ({ data: places }: MessageEvent<LayoutAnswer>) =>
      setAnswer({ of: graph, places }),
    );
    const question: LayoutQuestion = {
      direction,
      boxes: graph.boxes.map(({ id, width, height }) => ({ id, width, height })),
      lines: graph.lines.map(({ from, to }) => ({ from, to })),
    };
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin to be named
    worker.postMessage(question);
    return () => worker.terminate();
  }, [graph, direction]);
  return answer?.of === graph ? answer.places : null;
}
