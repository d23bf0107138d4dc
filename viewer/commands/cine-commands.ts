import { recordedFrameRate } from '../viewport/stacks.ts';
import type { Command, CommandContext } from './command.ts';

/** For objects that don't say how fast they were recorded. */
const defaultFramesPerSecond = 15;

const canPlay = ({ controller }: CommandContext) => (controller?.getState().stack?.images.length ?? 0) > 1;

function toggleCine({ controller }: CommandContext): void {
  const state = controller?.getState();
  if (!controller || !state?.stack) return;
  if (state.playing !== undefined) controller.stop();
  else {
    const instance = state.stack.images[0]?.instance;
    controller.play((instance && recordedFrameRate(instance)) || defaultFramesPerSecond);
  }
}

/** Moving pictures (IHE BIR 5.9). */
export const cineCommands = {
  toggleCine: {
    run: toggleCine,
    isAvailable: canPlay,
    isPressed: ({ controller }) => controller?.getState().playing !== undefined,
  },
} satisfies Record<string, Command>;
