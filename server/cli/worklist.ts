import { cancelAbandoned } from '../archive/work-items/request-cancellation.ts';
import { say, withServices } from './command.ts';

/** `isocenter worklist cancel`. */
export function cancelWorkItem(sopInstanceUID: string, reason: string): Promise<void> {
  return withServices(async ({ archive }) => {
    await cancelAbandoned(archive, sopInstanceUID, reason);
    say(`${sopInstanceUID} is CANCELED; its subscribers have been told`);
  });
}
