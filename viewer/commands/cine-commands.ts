import type { CineMode } from '../viewport/cine-timing.ts';
import type { Command, CommandContext } from './command.ts';

const cineOf = ({ controller }: CommandContext) => controller?.getState().cine;
const canPlay = (context: CommandContext) => cineOf(context) !== undefined;
const canSet = (context: CommandContext) => canPlay(context) && context.controller?.setCine !== undefined;

/** A step of speed, as on a tape. */
const faster = 1.25;

function toggleCine({ controller }: CommandContext): void {
  if (controller?.getState().playing !== undefined) controller.stop();
  else controller?.play();
}

function stopCine(context: CommandContext): void {
  context.controller?.stop();
  context.controller?.goTo(cineOf(context)?.first ?? 0);
}

function changeRate(factor: number): Command {
  return {
    isAvailable: canSet,
    run: (context) => {
      const rate = cineOf(context)?.rate;
      if (rate) context.controller?.setCine?.({ rate: rate * factor });
    },
  };
}

function mode(name: CineMode): Command {
  return {
    isAvailable: canSet,
    isPressed: (context) => cineOf(context)?.mode === name,
    run: ({ controller }) => controller?.setCine?.({ mode: name }),
  };
}

function rangeEnd(end: 'first' | 'last'): Command {
  return {
    isAvailable: canSet,
    run: ({ controller }) => controller?.setCine?.({ [end]: controller.getState().index }),
  };
}

/** Moving pictures (IHE BIR 5.9). */
export const cineCommands = {
  toggleCine: {
    run: toggleCine,
    isAvailable: canPlay,
    isPressed: ({ controller }) => controller?.getState().playing !== undefined,
  },
  stopCine: { run: stopCine, isAvailable: canPlay },
  cineFaster: changeRate(faster),
  cineSlower: changeRate(1 / faster),
  cineLoop: mode('loop'),
  cineSweep: mode('sweep'),
  cineOnce: mode('once'),
  cineRangeStart: rangeEnd('first'),
  cineRangeEnd: rangeEnd('last'),
  cineWholeRange: {
    isAvailable: canSet,
    run: ({ controller }) => {
      const count = controller?.getState().stack?.images.length ?? 0;
      controller?.setCine?.({ first: 0, last: count - 1 });
    },
  },
} satisfies Record<string, Command>;
