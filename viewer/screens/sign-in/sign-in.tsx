import { Alert, Button, Paper, PasswordInput, Stack, TextInput, Title } from '@mantine/core';
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Brand, NotDiagnosticNotice } from '../../components/brand.tsx';
import { RequestError } from '../../dicomweb/request-error.ts';
import { type Session, signIn } from '../../dicomweb/session.ts';
import { isAnythingUnsaved } from '../../workspace/leaving.ts';

type Failure = 'wrong' | 'tooMany' | 'noAnswer' | { readonly detail: string };

function failureOf(error: unknown): Failure {
  if (!(error instanceof RequestError)) return { detail: String(error) };
  if (error.status === 401) return 'wrong';
  if (error.status === 429) return 'tooMany';
  return error.status === 0 ? 'noAnswer' : { detail: error.message };
}

export function SignIn({ onSignedIn }: { onSignedIn: (session: Session) => void }): ReactNode {
  const { t } = useTranslation();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [failure, setFailure] = useState<Failure>();
  const [isBusy, setIsBusy] = useState(false);
  const [isWorkKept, setIsWorkKept] = useState(false);
  const usernameBox = useRef<HTMLInputElement>(null);
  useEffect(() => usernameBox.current?.focus(), []);
  // Once the screens are gone: with them goes what can't be kept.
  useEffect(() => setIsWorkKept(isAnythingUnsaved('session')), []);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setIsBusy(true);
    setFailure(undefined);
    try {
      onSignedIn(await signIn(username, password));
    } catch (error) {
      setFailure(failureOf(error));
      setPassword('');
    } finally {
      setIsBusy(false);
    }
  };

  return (
    <main className="sign-in" data-testid="sign-in">
      <Paper component="form" onSubmit={submit} p="xl" w={380} maw="calc(100vw - 32px)" className="panel">
        <Stack gap="md">
          <Brand size={36} />
          <Title order={1} size="h4" fw={600}>
            {t('signIn.title')}
          </Title>
          {isWorkKept ? (
            <Alert color="blue" variant="light" data-testid="sign-in-kept">
              {t('signIn.kept')}
            </Alert>
          ) : null}
          {failure ? (
            <Alert color="red" variant="light" role="alert" data-testid="sign-in-error">
              {typeof failure === 'string' ? t(`signIn.${failure}`) : t('signIn.failed', failure)}
            </Alert>
          ) : null}
          <TextInput
            label={t('signIn.username')}
            name="username"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            size="md"
            required
            withAsterisk={false}
            ref={usernameBox}
            value={username}
            onChange={(event) => setUsername(event.currentTarget.value)}
          />
          <PasswordInput
            label={t('signIn.password')}
            name="password"
            autoComplete="current-password"
            size="md"
            required
            withAsterisk={false}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <Button type="submit" size="md" loading={isBusy} data-testid="sign-in-submit">
            {t('signIn.submit')}
          </Button>
        </Stack>
      </Paper>
      <NotDiagnosticNotice />
    </main>
  );
}
