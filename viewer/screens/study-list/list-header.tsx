import './narrow.css';
import { ActionIcon, Group, Text, Title, Tooltip } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense, useContext } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { Brand, NotDiagnosticNotice } from '../../components/brand.tsx';
import { Icon } from '../../components/icons.tsx';
import { SessionContext } from '../../components/session-context.ts';
import { signOut } from '../../dicomweb/session.ts';
import { savePreferences } from '../../preferences/preference-store.ts';
import { leave, useLeaving } from '../../workspace/leaving.ts';
import { endReading } from '../../workspace/reader.ts';

// Only asked by one who has measured: the list does without it.
const LeaveDialog = lazy(async () => ({
  default: (await import('../../measuring/leave-dialog.tsx')).LeaveDialog,
}));

/** The top of the study list: what it is, who is signed in, and `children` as further buttons. */
export function ListHeader({ children }: { children?: ReactNode }): ReactNode {
  const { t } = useTranslation();
  const session = useContext(SessionContext);
  const client = useQueryClient();
  const isAsked = useLeaving(({ go }) => go !== undefined);
  const endSession = async () => {
    await savePreferences();
    await signOut();
    endReading();
    client.setQueryData(['session'], null);
  };
  return (
    <header className="list-header">
      <Brand />
      <Title order={1} size="h4" fw={600}>
        {t('list.title')}
      </Title>
      <NotDiagnosticNotice />
      <Group gap="sm" ml="auto" wrap="nowrap">
        {children}
        <Text size="sm" c="dark.1" className="user-name" title={t('signIn.signedInAs', session.user)}>
          {session.user.username}
        </Text>
        <Tooltip label={t('settings.title')}>
          <ActionIcon
            component={Link}
            href="/settings"
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={t('settings.title')}
            data-testid="settings-link"
          >
            <Icon name="settings" />
          </ActionIcon>
        </Tooltip>
        {session.authentication === 'off' ? null : (
          <Tooltip label={t('signIn.signOut')}>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={t('signIn.signOut')}
              onClick={() => leave(() => void endSession(), 'session')}
            >
              <Icon name="signOut" />
            </ActionIcon>
          </Tooltip>
        )}
      </Group>
      {isAsked ? (
        <Suspense fallback={null}>
          <LeaveDialog />
        </Suspense>
      ) : null}
    </header>
  );
}
