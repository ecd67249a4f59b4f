import { graphlib, layout } from '@dagrejs/dagre';

export interface LayoutQuestion {
  readonly direction: 'LR' | 'RL';
  readonly boxes: readonly { readonly id: string; readonly width: number; readonly height: number }[];
  readonly lines: readonly { readonly from: string; readonly to: string }[];
}

/** Where the upper left corner of each box goes, in the order of the boxes. */
export type LayoutAnswer = readonly { readonly id: string; readonly x: number; readonly y: number }[];

const GAP = 24;
const RANK_GAP = 90;
/** Tables without any relation stand in rows below, at least as wide as this. */
const LOOSE_WIDTH = 1_400;
/** Width by height of what is drawn, about that of a window. */
const SHAPE = 1.6;

// Two hundred tables take a fifth of a second, in which the page should answer.
self.addEventListener('message', ({ data }: MessageEvent<LayoutQuestion>) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin to be named
  self.postMessage(place(data));
});

function place({ direction, boxes, lines }: LayoutQuestion): LayoutAnswer {
  const related = new Set(lines.filter(({ from, to }) => from !== to).flatMap(({ from, to }) => [from, to]));
  const graph = new graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: direction, nodesep: GAP, ranksep: RANK_GAP });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, width, height } of boxes) if (related.has(id)) graph.setNode(id, { width, height });
  for (const [at, { from, to }] of lines.entries()) if (from !== to) graph.setEdge(from, to, {}, String(at));
  layout(graph);
  const ranked = boxes.flatMap(({ id, width, height }) => {
    if (!related.has(id)) return [];
    const { x = 0, y = 0 }: { readonly x?: number; readonly y?: number } = graph.node(id);
    return [{ id, x: x - width / 2, y: y - height / 2, width, height }];
  });
  const placed = folded(ranked);
  const right = Math.max(LOOSE_WIDTH, ...placed.map((box) => box.x + box.width));
  let bottom = Math.max(0, ...placed.map((box) => box.y + box.height + RANK_GAP));
  let x = 0;
  let rowHeight = 0;
  const loose = boxes
    .filter(({ id }) => !related.has(id))
    .map(({ id, width, height }) => {
      if (x > 0 && x + width > right) {
        x = 0;
        bottom += rowHeight + GAP;
        rowHeight = 0;
      }
      const at = { id, x, y: bottom };
      x += width + GAP;
      rowHeight = Math.max(rowHeight, height);
      return at;
    });
  return [...placed.map(({ id, x: left, y }) => ({ id, x: left, y })), ...loose];
}

interface Placed {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Many tables of one rank make a column nobody can see as a whole: such ranks are folded into several columns beside each
 * other, in the order they had, so that all of it has the shape of a window.
 */
function folded(boxes: readonly Placed[]): readonly Placed[] {
  const area = boxes.reduce((sum, { width, height }) => sum + (width + RANK_GAP) * (height + GAP), 0);
  const tallest = Math.max(0, ...boxes.map(({ height }) => height));
  const limit = Math.max(tallest, Math.sqrt(area / SHAPE));
  if (Math.max(0, ...boxes.map(({ y, height }) => y + height)) <= limit * SHAPE) return boxes;
  const ranks = Map.groupBy(boxes, ({ x }) => Math.round(x));
  let left = 0;
  return [...ranks.keys()]
    .toSorted((one, other) => one - other)
    .flatMap((rank) => {
      let top = 0;
      const column = (ranks.get(rank) ?? []).toSorted((one, other) => one.y - other.y);
      const placed = column.map((box) => {
        if (top > 0 && top + box.height > limit) {
          top = 0;
          left += box.width + RANK_GAP;
        }
        const at = { ...box, x: left, y: top };
        top += box.height + GAP;
        return at;
      });
      left += Math.max(...column.map(({ width }) => width)) + RANK_GAP;
      return placed;
    });
}
