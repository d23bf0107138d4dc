import { cancelAbandoned } from '../archive/work-items/request-cancellation.ts';
import { auditCommand, say, withServices } from './command.ts';

/** `isocenter worklist cancel`. */
export function cancelWorkItem(sopInstanceUID: string, reason: string): Promise<void> {
  return withServices(async (services) => {
    await cancelAbandoned(services.archive, sopInstanceUID, reason);
    auditCommand(services, 'Cancel an abandoned work item', { resource: sopInstanceUID });
    say(`${sopInstanceUID} is CANCELED; its subscribers have been told`);
  });
}
