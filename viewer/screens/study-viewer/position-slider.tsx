import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import {
  positionsOf,
  type ViewportController,
  type ViewportState,
} from '../../viewport/viewport-controller.ts';

/** Where one is in the stack; drag it, click it, or use its keys. */
export function PositionSlider(props: { state: ViewportState; controller: ViewportController }): ReactNode {
  const { t } = useTranslation();
  const { state, controller } = props;
  const count = positionsOf(state);
  if (count < 2) return null;
  return (
    <div className="position-slider">
      <input
        type="range"
        min={0}
        max={count - 1}
        step={1}
        value={state.index}
        aria-label={t('viewer.slider')}
        aria-valuetext={t('viewer.imageOf', { number: state.index + 1, count })}
        aria-orientation="vertical"
        onChange={(event) => controller.goTo(Number(event.currentTarget.value))}
        data-testid="position-slider"
      />
    </div>
  );
}
