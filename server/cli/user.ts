import { auditCommand, say, withServices } from './command.ts';

async function passwordFrom(standardInput: boolean): Promise<string | undefined> {
  if (!standardInput) return undefined;
  let text = '';
  for await (const chunk of process.stdin) text += String(chunk);
  return text.replace(/\r?\n$/, '');
}

function sayPassword(name: string, made: string | undefined): void {
  say(
    made === undefined
      ? `The password of ${name} is set.`
      : `The password of ${name}, shown only this once: ${made}`,
  );
}

export function addUser(name: string, roles: readonly string[], standardInput: boolean): Promise<void> {
  return withServices(async (services) => {
    const password = await passwordFrom(standardInput);
    sayPassword(name, await services.access.addAccount({ username: name, password, roles }));
    auditCommand(services, 'Add a user', { resource: name, detail: { roles } });
  });
}

export function listUsers(): Promise<void> {
  return withServices(async ({ access }) => {
    for (const { username, roles, disabled } of await access.listAccounts()) {
      say(`${username}\t${roles.join(', ')}${disabled ? '\tlocked' : ''}`);
    }
  });
}

export function setPassword(name: string, standardInput: boolean): Promise<void> {
  return withServices(async (services) => {
    sayPassword(name, await services.access.setPassword(name, await passwordFrom(standardInput)));
    auditCommand(services, 'Set a password', { resource: name });
  });
}

export function setLocked(name: string, locked: boolean): Promise<void> {
  return withServices(async (services) => {
    await services.access.changeAccount(name, { disabled: locked });
    auditCommand(services, locked ? 'Lock a user' : 'Unlock a user', { resource: name });
    say(`${name} is ${locked ? 'locked' : 'unlocked'}.`);
  });
}

export function removeUser(name: string): Promise<void> {
  return withServices(async (services) => {
    await services.access.removeAccount(name);
    auditCommand(services, 'Remove a user', { resource: name });
    say(`${name} is removed.`);
  });
}

export function makeKey(name: string, label: string): Promise<void> {
  return withServices(async (services) => {
    const { number, key } = await services.access.makeApiKey(name, label);
    auditCommand(services, 'Make an API key', { resource: name, detail: { number } });
    say(`API key ${number}, shown only this once; send it as "Authorization: Bearer KEY":\n${key}`);
  });
}

export function listKeys(): Promise<void> {
  return withServices(async ({ access }) => {
    for (const key of await access.listApiKeys()) {
      const used = key.lastUsedAt ? `last used ${key.lastUsedAt.toISOString()}` : 'never used';
      say(`${key.apiKeyPk}\t${key.username}\t${key.label}\t${key.revokedAt ? 'revoked' : used}`);
    }
  });
}

export function revokeKey(number: string): Promise<void> {
  return withServices(async (services) => {
    await services.access.revokeApiKey(number);
    auditCommand(services, 'Revoke an API key', { detail: { number } });
    say(`API key ${number} is revoked.`);
  });
}
