import { Button, Center, MantineProvider, Stack, Text, Title } from '@mantine/core';
import { QueryClient, QueryClientProvider, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ComponentType, lazy, type ReactNode, Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, Route, Switch } from 'wouter';
import { ErrorBoundary } from './components/error-boundary.tsx';
import { Message } from './components/message.tsx';
import { SessionContext } from './components/session-context.ts';
import { WaitSign } from './components/wait-sign.tsx';
import { forgetBegun } from './dicomweb/begun.ts';
import { onSignedOut, RequestError } from './dicomweb/request-error.ts';
import { fetchSession, type Session } from './dicomweb/session.ts';
import {
  forgetPreferences,
  keepPreferences,
  loadPreferences,
  useArePreferencesLoaded,
  usePreference,
} from './preferences/preference-store.ts';
import { SavingNotice } from './preferences/saving-notice.tsx';
import { SignIn } from './screens/sign-in/sign-in.tsx';
import { forgetPlace } from './screens/study-list/list-place.ts';
import { StudyList } from './screens/study-list/study-list.tsx';
import { readyNow, readyStudyViewer } from './screens/study-viewer/load-study-viewer.ts';
import { showLanguage } from './texts/start-texts.ts';
import { theme } from './theme.ts';
import { isAnythingUnsaved } from './workspace/leaving.ts';
import { beginReading } from './workspace/reader.ts';
import { setReadingList } from './workspace/reading-list.ts';

const Settings = lazy(async () => ({
  default: (await import('./screens/settings/settings.tsx')).Settings,
}));

/** An answer of the archive, even a refusal, does not change by asking again at once; silence may. */
function shouldRetry(failures: number, error: unknown): boolean {
  return failures < 2 && error instanceof RequestError && (error.status === 0 || error.status >= 500);
}

const queryClient = new QueryClient({
  defaultOptions: { queries: { retry: shouldRetry, refetchOnWindowFocus: false, staleTime: 30_000 } },
});

function FullPageLoader(): ReactNode {
  return (
    <Center h="100vh">
      <WaitSign />
    </Center>
  );
}

function NotFound(): ReactNode {
  const { t } = useTranslation();
  return (
    <Center h="100vh" component="main">
      <Stack align="center">
        <Title order={1} size="h3">
          {t('app.notFound')}
        </Title>
        <Text component={Link} href="/" c="blue.4">
          {t('app.toStudyList')}
        </Text>
      </Stack>
    </Center>
  );
}

/**
 * Cornerstone is large: it is fetched when the first study is opened, not with the list. Not by `lazy`: React shows what that
 * brings only a third of a second after the sign of waiting.
 */
function StudyViewer(): ReactNode {
  const [Screen, setScreen] = useState<ComponentType | undefined>(readyNow);
  const [problem, setProblem] = useState<unknown>();
  useEffect(() => {
    readyStudyViewer().then((Loaded) => setScreen(() => Loaded), setProblem);
  }, []);
  if (problem) throw problem;
  return Screen ? <Screen /> : <FullPageLoader />;
}

/** So long the first screen waits for what the reader has set, in ms: it is rarely later than the session itself. */
const longestWaitForPreferences = 500;

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Every screen in the reader's language; that of the browser where they have chosen none, or nobody is signed in. */
function useChosenLanguage(): void {
  const language = usePreference<string | undefined>('language', textOf, undefined);
  useEffect(() => void showLanguage(language), [language]);
}

/** Shows the screens as the reader has set them, or as they are by default when that takes long to come. */
function WithPreferences({ children }: { children: ReactNode }): ReactNode {
  const isLoaded = useArePreferencesLoaded();
  const [isLate, setIsLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsLate(true), longestWaitForPreferences);
    return () => clearTimeout(timer);
  }, []);
  return isLoaded || isLate ? children : <FullPageLoader />;
}

/** Shows the sign-in screen until there is a session; the address stays, so that one comes back to it. */
function SignedIn({ children }: { children: ReactNode }): ReactNode {
  const { t } = useTranslation();
  const client = useQueryClient();
  const session = useQuery({
    queryKey: ['session'],
    queryFn: async () => {
      void loadPreferences();
      const current = await fetchSession();
      if (current) beginReading(current.user.username);
      return current ?? null;
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  useEffect(() => onSignedOut(() => client.setQueryData(['session'], null)), [client]);
  const isSignedOut = session.data === null;
  // Nothing of one reader is left in memory for the next, but what is not saved: that waits for who signs in (see reader.ts).
  // By now the screens are gone, and the viewport with its images.
  useEffect(() => {
    if (!isSignedOut) return;
    forgetPreferences();
    forgetBegun();
    forgetPlace();
    setReadingList([]);
    client.removeQueries({ predicate: (query) => query.queryKey[0] !== 'session' });
    client.getMutationCache().clear();
  }, [client, isSignedOut]);
  if (session.isPending) return <FullPageLoader />;
  if (session.isError) {
    return (
      <Message
        title={t('app.serverUnreachable')}
        hint={t('app.serverUnreachableHint')}
        kind="error"
        isFullPage
      >
        <Button onClick={() => void session.refetch()}>{t('app.retry')}</Button>
      </Message>
    );
  }
  if (session.data === null) {
    const enter = (newSession: Session) => {
      beginReading(newSession.user.username);
      void loadPreferences();
      client.setQueryData(['session'], newSession);
    };
    return <SignIn onSignedIn={enter} />;
  }
  return (
    <SessionContext value={session.data}>
      <WithPreferences>{children}</WithPreferences>
      <SavingNotice />
    </SessionContext>
  );
}

/** The browser asks before the page is closed with what is not saved: also from the list, and while nobody is signed in. */
function askBeforeClosing(): () => void {
  const onUnload = (event: BeforeUnloadEvent) => {
    if (isAnythingUnsaved('session')) event.preventDefault();
  };
  window.addEventListener('beforeunload', onUnload);
  return () => window.removeEventListener('beforeunload', onUnload);
}

export function App(): ReactNode {
  useEffect(() => keepPreferences(), []);
  useEffect(askBeforeClosing, []);
  useChosenLanguage();
  return (
    <MantineProvider theme={theme} forceColorScheme="dark">
      <QueryClientProvider client={queryClient}>
        <ErrorBoundary>
          <SignedIn>
            <Suspense fallback={<FullPageLoader />}>
              <Switch>
                <Route path="/" component={StudyList} />
                <Route path="/viewer" component={StudyViewer} />
                <Route path="/settings" component={Settings} />
                <Route component={NotFound} />
              </Switch>
            </Suspense>
          </SignedIn>
        </ErrorBoundary>
      </QueryClientProvider>
    </MantineProvider>
  );
}
