import './imaging.css';
import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { type CommandName, isPressed, runCommand } from '../../commands/commands.ts';
import { Icon, type IconName } from '../../components/icons.tsx';
import { useStartsCine } from '../../preferences/view-settings.ts';
import type { CineMode } from '../../viewport/cine-timing.ts';
import type { ImageStack } from '../../viewport/stacks.ts';
import type { LayerProps } from './layer-props.ts';

const modes: readonly CineMode[] = ['loop', 'sweep', 'once'];

/** Recordings of something that moves: they start by themselves (IHE BIR 5.9). */
function isMovement(stack: ImageStack): boolean {
  const [image] = stack.images;
  if (!stack.isMultiFrame || !image) return false;
  if (['US', 'XA', 'RF', 'IVUS', 'ES', 'XC'].includes(image.modality)) return true;
  // Gated NM: 'GATED' is the third value of its Image Type.
  return image.modality === 'NM' && JSON.stringify(image.instance['00080008'] ?? '').includes('GATED');
}

const prefersStill = () => window.matchMedia?.('(prefers-reduced-motion: reduce)').matches ?? false;

/** Starts a recording when its first frame is there, once. */
function useAutoStart({ controller, state }: LayerProps): void {
  const isWanted = useStartsCine();
  const started = useRef<string>(undefined);
  const { stack, isImageDrawn } = state;
  useEffect(() => {
    if (!stack || !isImageDrawn || started.current === stack.id) return;
    started.current = stack.id;
    if (isWanted && isMovement(stack) && !prefersStill()) controller.play();
  }, [controller, stack, isImageDrawn, isWanted]);
}

function CineButton(
  props: { command: CommandName; icon: IconName } & Pick<LayerProps, 'controller'>,
): ReactNode {
  const { t } = useTranslation();
  const { command, controller } = props;
  const label = t(`command.${command}`);
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      aria-pressed={isPressed(command, { controller })}
      onClick={() => runCommand(command, { controller })}
      data-testid={`cine-${command}`}
    >
      <Icon name={props.icon} size={18} />
    </button>
  );
}

/** Number that is taken over when it is left or entered. */
function CineNumber(props: {
  label: string;
  value: number;
  testId: string;
  step: number;
  onEnter: (value: number) => void;
}): ReactNode {
  return (
    <input
      // A new value from outside takes the place of what was typed.
      key={props.value}
      className="cine-extra"
      type="number"
      step={props.step}
      aria-label={props.label}
      title={props.label}
      defaultValue={props.value}
      onBlur={(event) => props.onEnter(Number(event.currentTarget.value))}
      onKeyDown={(event) => event.key === 'Enter' && props.onEnter(Number(event.currentTarget.value))}
      data-testid={props.testId}
    />
  );
}

function CineNumbers({ controller, state }: LayerProps): ReactNode {
  const { t } = useTranslation();
  const { cine } = state;
  if (!cine || !controller.setCine) return null;
  return (
    <>
      <CineNumber
        label={t('imaging.cine.rate')}
        value={Math.round(cine.rate * 10) / 10}
        step={0.1}
        testId="cine-rate"
        onEnter={(rate) => rate > 0 && controller.setCine?.({ rate })}
      />
      <select
        className="cine-extra"
        aria-label={t('imaging.cine.mode')}
        title={t('imaging.cine.mode')}
        value={cine.mode}
        onChange={(event) => controller.setCine?.({ mode: event.currentTarget.value as CineMode })}
        data-testid="cine-mode"
      >
        {modes.map((mode) => (
          <option key={mode} value={mode}>
            {t(`imaging.cine.${mode}`)}
          </option>
        ))}
      </select>
      <CineNumber
        label={t('imaging.cine.first')}
        value={cine.first + 1}
        step={1}
        testId="cine-first"
        onEnter={(first) => controller.setCine?.({ first: Math.max(0, Math.round(first) - 1) })}
      />
      <CineNumber
        label={t('imaging.cine.last')}
        value={cine.last + 1}
        step={1}
        testId="cine-last"
        onEnter={(last) =>
          controller.setCine?.({
            last: Math.min((state.stack?.images.length ?? 1) - 1, Math.round(last) - 1),
          })
        }
      />
    </>
  );
}

/** Controls of what moves: on clips, and on every stack while it is played. */
export function CineBar(props: LayerProps): ReactNode {
  const { t } = useTranslation();
  const { controller, state } = props;
  useAutoStart(props);
  const { cine, stack } = state;
  if (!cine || !stack || !(stack.isMultiFrame || cine.isPlaying)) return null;
  return (
    // What happens in the bar is not the image's business.
    <fieldset
      className="cine-bar"
      aria-label={t('imaging.cine.bar')}
      onPointerDown={(event) => event.stopPropagation()}
      onDoubleClick={(event) => event.stopPropagation()}
      data-testid="cine-bar"
    >
      <CineButton command="firstImage" icon="firstFrame" controller={controller} />
      <CineButton command="previousImage" icon="previousFrame" controller={controller} />
      <CineButton command="toggleCine" icon={cine.isPlaying ? 'pause' : 'play'} controller={controller} />
      <CineButton command="stopCine" icon="stop" controller={controller} />
      <CineButton command="nextImage" icon="nextFrame" controller={controller} />
      <CineButton command="lastImage" icon="lastFrame" controller={controller} />
      <CineNumbers {...props} />
      <span className="cine-measured cine-extra" data-testid="cine-measured">
        {cine.measuredRate ? t('imaging.cineMeasured', { rate: cine.measuredRate.toFixed(1) }) : ''}
      </span>
    </fieldset>
  );
}
