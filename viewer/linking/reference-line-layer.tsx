import './linking.css';
import { type ReactNode, useSyncExternalStore } from 'react';
import type { ViewportController, ViewportState } from '../viewport/viewport-controller.ts';
import { activeController, useWorkspace } from '../workspace/workspace-store.ts';
import { linesOf, type NumberedLine } from './reference-lines.ts';
import { useReferenceLines } from './reference-store.ts';

function Line({ line }: { line: NumberedLine }): ReactNode {
  const { from, to, number, isRange } = line;
  const ends = { x1: from.left, y1: from.top, x2: to.left, y2: to.top };
  const isFromLeft = from.left <= to.left;
  const [left, right] = isFromLeft ? [from, to] : [to, from];
  return (
    <g data-testid={isRange ? 'reference-range' : 'reference-line'} data-ends={JSON.stringify([left, right])}>
      <line className="reference-halo" {...ends} />
      <line className={isRange ? 'reference-line is-range' : 'reference-line'} {...ends} />
      {number === undefined ? null : (
        <text className="reference-number" x={Math.max(4, left.left + 4)} y={left.top - 5}>
          {number}
        </text>
      )}
    </g>
  );
}

function Lines(props: { source: ViewportController; state: ViewportState }): ReactNode {
  const { source, state } = props;
  const sourceState = useSyncExternalStore(source.subscribe, source.getState);
  const { hasRange } = useReferenceLines();
  if (!state.surface) return null;
  const lines = linesOf(source, sourceState, state.surface, hasRange);
  return (
    <svg className="linking-drawing" aria-hidden="true">
      {lines.map((line) => (
        <Line key={`${line.isRange} ${line.number}`} line={line} />
      ))}
    </svg>
  );
}

/** Where the active viewport cuts this one, when lines are on. */
export function ReferenceLineLayer({ tile, state }: { tile: number; state: ViewportState }): ReactNode {
  const { isOn } = useReferenceLines();
  const isActive = useWorkspace((workspace) => workspace.activeTile === tile);
  const source = useWorkspace(activeController);
  return isOn && !isActive && source ? <Lines source={source} state={state} /> : null;
}
