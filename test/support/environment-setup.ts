/** Runs before each test file: a developer's own settings must not decide how a test ends. */
for (const name of Object.keys(process.env)) {
  if (name.startsWith('ISOCENTER_')) delete process.env[name];
}
