import type { ViewportController } from '../viewport/viewport-controller.ts';

/** What a command acts on: the active viewport. What else it needs (the workspace, the measurements) it takes from its store. */
export interface CommandContext {
  readonly controller: ViewportController | undefined;
}

/** One thing a reader can do. */
export interface Command {
  readonly run: (context: CommandContext) => void;
  /** Whether it makes sense now; yes where it is left out. */
  readonly isAvailable?: (context: CommandContext) => boolean;
  /** Whether it is on, for what is switched on and off or is the chosen one of several; left out for what just happens. */
  readonly isPressed?: (context: CommandContext) => boolean;
}

export const hasImage = ({ controller }: CommandContext): boolean =>
  controller?.getState().image !== undefined;
export const hasWindow = ({ controller }: CommandContext): boolean => controller?.window !== undefined;
