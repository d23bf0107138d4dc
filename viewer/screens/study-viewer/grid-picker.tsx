import { type KeyboardEvent, type ReactNode, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Grid, largestGrid } from '../../workspace/workspace-store.ts';

const cells: readonly Grid[] = Array.from({ length: largestGrid.rows * largestGrid.columns }, (_, at) => ({
  rows: Math.floor(at / largestGrid.columns) + 1,
  columns: (at % largestGrid.columns) + 1,
}));

const steps: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** Five by five fields: the one pointed at is the lower right viewport of the grid. With the keyboard: arrows and Enter. */
export function GridPicker(props: { grid: Grid; onChoose: (grid: Grid) => void }): ReactNode {
  const { t } = useTranslation();
  const [pointed, setPointed] = useState(props.grid);
  const fields = useRef<HTMLFieldSetElement>(null);
  const move = (event: KeyboardEvent) => {
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    const rows = Math.max(1, Math.min(largestGrid.rows, pointed.rows + step[0]));
    const columns = Math.max(1, Math.min(largestGrid.columns, pointed.columns + step[1]));
    fields.current?.querySelector<HTMLElement>(`[data-grid="${rows}x${columns}"]`)?.focus();
  };
  return (
    <fieldset
      className="grid-picker"
      ref={fields}
      aria-label={t('layout.gridHint')}
      onKeyDown={move}
      onPointerLeave={() => setPointed(props.grid)}
    >
      {cells.map((cell) => {
        const { rows, columns } = cell;
        const isInside = rows <= pointed.rows && columns <= pointed.columns;
        const isPointed = rows === pointed.rows && columns === pointed.columns;
        const isCurrent = rows === props.grid.rows && columns === props.grid.columns;
        return (
          <button
            key={`${rows}x${columns}`}
            type="button"
            className={isInside ? 'grid-field is-inside' : 'grid-field'}
            aria-label={t('layout.gridSize', { rows, columns })}
            aria-pressed={isCurrent}
            tabIndex={isPointed ? 0 : -1}
            data-grid={`${rows}x${columns}`}
            data-autofocus={isCurrent ? true : undefined}
            onPointerEnter={() => setPointed(cell)}
            onFocus={() => setPointed(cell)}
            onClick={() => props.onChoose(cell)}
            data-testid={`layout-${rows}x${columns}`}
          />
        );
      })}
      <output className="grid-size">{t('layout.gridSize', { ...pointed })}</output>
    </fieldset>
  );
}
